"""A fault is found, named and mended in a notebook, in a module of a package, and in a loop at module level."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gradcheck.cli import main
from gradcheck.diagnosis import diagnose
from gradcheck.findings import Outcome
from gradcheck.subject import resolve_target

NETWORKS = Path(__file__).parents[1] / "subject" / "networks"
RIGHT, WRONG = "(1 - h**2)", "(1 - h)"


@pytest.fixture
def notebook(tmp_path):
    """The quadrants with the derivative of tanh wrong in one cell."""
    path = tmp_path / "quadrants.ipynb"
    text = (NETWORKS / "quadrants.ipynb").read_text(encoding="utf-8")
    assert text.count(RIGHT) == 1
    path.write_text(text.replace(RIGHT, WRONG), encoding="utf-8")
    return path


def place_of(document, text):
    """The cell and the line in it that hold a text, as people speak of them, and the line itself."""
    for number, cell in enumerate(document["cells"], 1):
        for line, row in enumerate(cell["source"], 1):
            if text in row:
                return f"cell {number}, line {line}", row
    raise AssertionError


def test_a_notebook_is_mended_in_the_cell_at_fault(notebook, capsys):
    before = json.loads(notebook.read_text(encoding="utf-8"))
    assert main(["diagnose", str(notebook), "--fix", "--quiet"]) == 1
    out = capsys.readouterr().out
    place, row = place_of(before, WRONG)
    assert f"quadrants.ipynb, {place}:" in out.replace("\n      ", "")
    assert f"{place.rpartition(' ')[2]} | {row.rstrip()}" in out
    after = json.loads(notebook.read_text(encoding="utf-8"))
    changed = [new for old, new in zip(before["cells"], after["cells"], strict=True) if old != new]
    assert len(changed) == 1
    assert WRONG not in "".join(changed[0]["source"])
    assert "%matplotlib inline" in notebook.read_text(encoding="utf-8")
    assert diagnose(notebook, repair=False).outcome is Outcome.CLEAN


def test_a_loop_at_module_level_is_trained_with_the_patch_in_it(notebook, tmp_path):
    script = tmp_path / "quadrants.py"
    script.write_text(resolve_target(notebook).source, encoding="utf-8")
    report = diagnose(script)
    [finding] = [finding for finding in report.findings if finding.fix is not None]
    assert finding.lines == (1 + script.read_text(encoding="utf-8")[:-1].split(WRONG)[0].count("\n"),)
    assert report.patched_error is not None
    assert report.patched_error < 1e-9
    assert report.training is not None
    assert report.training.patched is not None
    assert report.training.patched.loss_after < report.training.original.loss_after / 2


def test_a_module_of_a_package_is_run_from_above_it_with_its_neighbours(tmp_path, monkeypatch):
    shutil.copytree(NETWORKS / "surface", tmp_path / "surface")
    fit = tmp_path / "surface" / "fit.py"
    text = fit.read_text(encoding="utf-8")
    fit.write_text(text.replace("(1 - self.bent**2)", "(1 - self.bent)"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    report = diagnose("surface.fit")
    assert report.target == str(Path("surface/fit.py"))
    assert report.findings[0].code == "GC205"
    assert report.patched_error is not None
