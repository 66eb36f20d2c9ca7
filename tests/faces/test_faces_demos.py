"""The demonstrations, through the whole house: what the README promises is what a newcomer sees."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.demos import DEMOS, find

README = Path(__file__).parents[2] / "README.md"

# What was broken on purpose in each, by code; the first is the root cause.
BROKEN = {
    "iris": ["GC101", "GC301", "GC401", "GC402"],
    "xor": ["GC621"],
    "spirals": ["GC207", "GC262"],
    "bikes": ["GC234"],
}

REPAIRED = ("iris", "spirals", "bikes")


def diagnosed(demo, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "gradcheck", "demo", demo, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def reports():
    """Each report as data, made when it is first asked for."""
    made = {}

    def report(demo):
        if demo not in made:
            made[demo] = json.loads(diagnosed(demo, "--output-format", "json"))
        return made[demo]

    return report


def test_every_demo_is_told():
    assert {demo.name for demo in DEMOS} == set(BROKEN)


@pytest.mark.parametrize("demo", BROKEN)
def test_what_was_broken_is_found_root_cause_first(demo, reports):
    findings = reports(demo)["findings"]
    assert findings[0]["code"] == BROKEN[demo][0]
    serious = {finding["code"] for finding in findings if finding["severity"] != "note"}
    assert serious >= set(BROKEN[demo])


def test_uniform_and_saturated_outputs_are_explained_by_the_label_that_is_ignored(reports):
    root = reports("iris")["findings"][0]
    assert root["explains"] == ["GC601", "GC603"]  # both are gone with the patch
    assert root["lines"][0] == _line_of("iris", "d_out -= 1")


@pytest.mark.parametrize("demo", REPAIRED)
def test_the_patch_applies_and_the_gradient_is_right_with_it(demo, reports, tmp_path):
    path = tmp_path / find(demo).file
    shutil.copy(find(demo).path, path)
    subprocess.run(["patch", "--silent", path], input=reports(demo)["patch"], text=True, check=True)  # noqa: S607 - whichever is installed
    done = subprocess.run(
        [sys.executable, "-m", "gradcheck", "check", path, "--output-format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout)["verdict"] == "clean"


def test_the_readme_shows_what_is_seen():
    [shown] = re.findall(r"```text\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    seen = _without_rounding(diagnosed("iris")).splitlines()
    missing = [line for line in _without_rounding(shown).splitlines() if line not in seen]
    assert missing == []


def _without_rounding(text):
    """Figures at the level of rounding differ between processors."""
    return re.sub(r"\d\.\de-1\d", "rounding", text)


def _line_of(demo, code):
    lines = find(demo).path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if line.strip() == code)
