from __future__ import annotations

import pytest

from gradcheck.errors import SubjectError


@pytest.mark.parametrize(
    "arguments",
    [
        ["diagnos", "net.py"],
        ["net.py"],
        ["diagnose"],
        ["diagnose", "net.py", "--sed", "3"],
        ["diagnose", "net.py", "--seed", "-1"],
        ["diagnose", "net.py", "--time-limit", "0"],
        ["diagnose", "net.py", "--time-limit", "soon"],
        ["diagnose", "net.py", "--ignore", "label-ignord"],
        ["diagnose", "net.py", "--output-format", "jsn"],
        ["diagnose", "net.py", "--wiring", "wirng.toml"],
        ["diagnose", "net.py", "--fix", "--diff"],
        ["explain", "label-ignord"],
        ["demo", "irsi"],
        [],
    ],
    ids=lambda arguments: " ".join(arguments).replace("/", " in "),
)
def test_what_is_mistyped_gets_one_message_with_a_way_on(arguments, run, net, diagnosis, words):
    (net.parent / "wiring.toml").touch()
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert diagnosis.asked == []
    assert ran.err == words


def test_an_error_of_the_users_code_is_told_without_a_traceback(run, net, diagnosis):
    diagnosis.report = SubjectError(
        "running net.py raised ZeroDivisionError: division by zero",
        hint="run it by itself first: python net.py",
        traceback='Traceback:\n  File "net.py", line 3\n',
    )
    ran = run("diagnose", "net.py")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: running net.py raised ZeroDivisionError: division by zero\n"
        "  try: run it by itself first: python net.py\n"
        "  try: --traceback, to see where in your code\n"
    )
    assert 'File "net.py", line 3' in run("diagnose", "net.py", "--traceback").err


def test_a_defect_of_gradcheck_is_one_line_and_how_to_report_it(run, net, diagnosis):
    diagnosis.report = RuntimeError("the [red] shape")
    ran = run("diagnose", "net.py")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        "internal error: RuntimeError: the [red] shape",
        "  a defect of gradcheck: please report it with what --traceback adds, and the file if you can",
    ]
    assert "Traceback (most recent call last)" in run("diagnose", "net.py", "--traceback").err


def test_an_interrupt_is_one_line(run, net, diagnosis):
    diagnosis.report = KeyboardInterrupt()
    ran = run("diagnose", "net.py")
    assert (ran.code, ran.out, ran.err) == (130, "", "interrupted\n")
