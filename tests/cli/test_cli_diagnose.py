from __future__ import annotations

import json
from dataclasses import replace

import pytest
from handmade import clean_report, faulty_report, unsure_report

from gradcheck.report import as_text
from gradcheck.subject import Wiring


@pytest.mark.parametrize(
    ("report", "code"),
    [(clean_report(), 0), (faulty_report(), 1), (unsure_report(), 2)],
    ids=lambda r: str(r)[:9],
)
@pytest.mark.parametrize("command", ["diagnose", "check"])
def test_the_exit_code_is_the_reports_and_the_report_is_on_standard_output(
    command, report, code, run, net, diagnosis
):
    diagnosis.report = report
    ran = run(command, "net.py")
    assert (ran.code, ran.out, ran.err) == (code, as_text(report), "")


def test_diagnose_asks_for_what_it_was_told(run, net, diagnosis):
    run(
        "diagnose",
        "net.py",
        "--seed",
        7,
        "--select",
        "GC1,GC2",
        "--ignore",
        "GC101",
        "--time-limit",
        5,
        "--no-repair",
    )
    [asked] = diagnosis.asked
    assert callable(asked.pop("progress"))
    assert asked == {
        "target": "net.py",
        "wiring": None,
        "seed": 7,
        "select": ("GC1", "GC2"),
        "ignore": ("GC101",),
        "time_limit": 5.0,
        "expected": {},
        "repair": False,
    }


def test_check_asks_for_the_table_alone(run, net, diagnosis):
    run("check", "net.py", "--seed", 3)
    [asked] = diagnosis.asked
    assert set(asked) == {"target", "wiring", "seed", "time_limit", "progress"}
    assert asked["seed"] == 3


@pytest.mark.parametrize(
    ("report", "code"), [(faulty_report(), 0), (unsure_report(), 2)], ids=["faulty", "unsure"]
)
def test_exit_zero_forgives_a_fault_and_nothing_else(report, code, run, net, diagnosis):
    diagnosis.report = report
    assert run("diagnose", "net.py", "--exit-zero").code == code


def test_quiet_says_nothing_of_a_clean_network(run, net, diagnosis):
    assert run("diagnose", "net.py", "--quiet").out == as_text(faulty_report())
    diagnosis.report = clean_report()
    assert run("diagnose", "net.py", "--quiet").out == ""
    assert (
        json.loads(run("diagnose", "net.py", "--quiet", "--output-format", "json").out)["verdict"] == "clean"
    )


def test_json_is_all_there_is_on_standard_output(run, net, diagnosis):
    assert (
        json.loads(run("diagnose", "net.py", "--output-format", "json").out)["findings"][0]["code"] == "GC101"
    )


def test_a_report_can_go_to_a_file(run, net, diagnosis):
    ran = run("diagnose", "net.py", "--output-format", "concise", "-o", "report.txt")
    assert (ran.code, ran.out) == (1, "")
    assert "GC101 label-ignored" in (net.parent / "report.txt").read_text(encoding="utf-8")


def test_a_file_in_no_folder_is_one_clear_message(run, net, diagnosis):
    ran = run("diagnose", "net.py", "-o", "nowhere/report.txt")
    assert ran.code == 2
    assert ran.err.startswith("error: cannot write nowhere/report.txt")


def test_diff_prints_the_patch_and_nothing_else(run, net, diagnosis):
    ran = run("diagnose", "net.py", "--diff")
    assert (ran.code, ran.out, ran.err) == (1, faulty_report().patch, "")


def test_diff_without_a_patch_says_so_on_standard_error(run, net, diagnosis):
    diagnosis.report = clean_report()
    ran = run("diagnose", "net.py", "--diff")
    assert (ran.code, ran.out, ran.err) == (0, "", "net.py: no verified patch\n")


def test_fix_writes_the_patch(run, net, diagnosis):
    before = net.read_text(encoding="utf-8")
    ran = run("diagnose", "net.py", "--fix")
    after = net.read_text(encoding="utf-8")
    assert ran.code == 1  # the code is that of the network as it was found
    assert ran.out == as_text(faulty_report())
    assert ran.err == "net.py: patched; gradcheck diagnose net.py measures it again\n"
    assert after == before.replace("delta = p\n", "delta = p.copy()\n").replace(
        "delta -= 1", "delta[np.arange(len(y)), y] -= 1"
    )


def test_fix_refuses_a_file_that_has_changed(run, net, diagnosis):
    changed = net.read_text(encoding="utf-8") + "# a thought\n"
    net.write_text(changed, encoding="utf-8")
    ran = run("diagnose", "net.py", "--fix")
    assert ran.code == 2
    assert "has changed since it was diagnosed, nothing written" in ran.err
    assert net.read_text(encoding="utf-8") == changed


def test_fix_without_a_patch_writes_nothing(run, net, diagnosis):
    before = net.read_bytes()
    diagnosis.report = replace(faulty_report(), patch="")
    assert run("diagnose", "net.py", "--fix").err == "net.py: no verified patch\n"
    assert net.read_bytes() == before


def test_a_wiring_file_is_read(run, net, diagnosis):
    (net.parent / "wiring.toml").write_text(
        'loss = "cost()"\n[params]\nW = "W"\n[grads]\nrun = "g = grad()"\n[grads.of]\nW = "g"\n',
        encoding="utf-8",
    )
    run("diagnose", "net.py", "--wiring", "wiring.toml")
    wiring = diagnosis.asked[0]["wiring"]
    assert isinstance(wiring, Wiring)
    assert wiring.loss == "cost()"


def test_wiring_expressions_are_read(run, net, diagnosis):
    run(
        "check",
        "net.py",
        "--loss",
        "cost()",
        "--params",
        "W=net.W",
        "--params",
        "b=net.b",
        "--step",
        "fit()",
        "--lr",
        "0.1",
    )
    wiring = diagnosis.asked[0]["wiring"]
    assert dict(wiring.params) == {"W": "net.W", "b": "net.b"}
    assert (wiring.step.run, wiring.step.lr) == ("fit()", "0.1")


def test_a_wiring_file_and_expressions_exclude_each_other(run, net, diagnosis):
    ran = run("diagnose", "net.py", "--wiring", "net.py", "--grads-run", "g = 1")
    assert ran.code == 2
    assert "expected --wiring or --grads-run, got both" in ran.err


def test_the_wiring_of_pyproject_is_found_beside_the_file(run, net, diagnosis):
    (net.parent / "pyproject.toml").write_text(
        '[tool.gradcheck.wiring]\nloss = "cost()"\nparams = {W = "W"}\nstep = {run = "fit()", lr = "0.1"}\n',
        encoding="utf-8",
    )
    run("diagnose", "net.py")
    assert diagnosis.asked[0]["wiring"].loss == "cost()"
