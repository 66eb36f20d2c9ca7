"""[tool.gradcheck] of pyproject.toml: found, read, overruled by options, and refused with a way on."""

from __future__ import annotations

import pytest


@pytest.fixture
def settle(net):
    def settle(text, folder=None):
        ((folder or net.parent) / "pyproject.toml").write_text(text, encoding="utf-8")

    return settle


FULL = """\
[tool.gradcheck]
select = ["GC1", "label-ignored"]
ignore = ["GC102"]
seed = 7
time-limit = 5
expected = { GC401 = "the output is thrown away" }
"""


def test_a_projects_settings_are_asked_for(run, net, diagnosis, settle):
    settle(FULL)
    run("diagnose", "net.py")
    [asked] = diagnosis.asked
    assert asked["select"] == ("GC1", "label-ignored")
    assert asked["ignore"] == ("GC102",)
    assert (asked["seed"], asked["time_limit"]) == (7, 5.0)
    assert asked["expected"] == {"GC401": "the output is thrown away"}


def test_an_option_overrules_them(run, net, diagnosis, settle):
    settle(FULL)
    run("diagnose", "net.py", "--seed", 0, "--select", "GC3")
    [asked] = diagnosis.asked
    assert (asked["seed"], asked["select"], asked["ignore"]) == (0, ("GC3",), ("GC102",))


def test_a_folder_above_settles_what_is_below_it(run, net, diagnosis, settle):
    settle(FULL)
    below = net.parent / "networks"
    below.mkdir()
    settle("[tool.other]\n", below)  # nothing of ours: the search goes on upwards
    (below / "net.py").write_bytes(net.read_bytes())
    run("check", "networks/net.py")
    assert diagnosis.asked[0]["seed"] == 7


def test_without_any_the_defaults_hold(run, net, diagnosis):
    run("diagnose", "net.py")
    [asked] = diagnosis.asked
    assert (asked["select"], asked["ignore"], asked["expected"]) == ((), (), {})
    assert (asked["seed"], asked["time_limit"]) == (0, 60.0)


MALFORMED = {
    "mistyped": "sed = 3",
    "unheard of": "frobnicate = 3",
    "codes as one text": 'select = "GC1"',
    "no such fault": 'select = ["label-ignord"]',
    "negative seed": "seed = -1",
    "truth for a seed": "seed = true",
    "words for seconds": 'time-limit = "soon"',
    "no time": "time-limit = 0",
    "no reasons": 'expected = ["GC401"]',
    "an empty reason": 'expected = { GC401 = "" }',
    "letter for digit": 'expected = { GC1O1 = "why not" }',
    "no TOML": "seed = ",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_setting_gets_one_message_with_a_way_on(text, run, net, diagnosis, settle, words):
    settle(f"[tool.gradcheck]\n{text}\n")
    ran = run("diagnose", "net.py")
    assert (ran.code, ran.out, diagnosis.asked) == (2, "", [])
    assert ran.err.replace(str(net.parent), "HERE") == words
