"""The notebooks run, and print what is committed."""

from __future__ import annotations

import copy
from pathlib import Path

import nbclient
import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def printed(notebook):
    """What each cell prints; pictures differ between versions of matplotlib, and reports in their seconds."""
    return [
        "".join(output.text for output in cell.get("outputs", ()) if output.output_type == "stream")
        for cell in notebook.cells
    ]


def formats_of(cell):
    """Every format that the cell shows something in."""
    return {name for output in cell.get("outputs", ()) for name in output.get("data", ())}


def formats(notebook):
    """Every format that some cell shows something in."""
    return set().union(*map(formats_of, notebook.cells))


def test_there_is_one():
    assert [path.name for path in NOTEBOOKS] == ["iris.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_prints_what_is_committed(path, tmp_path):
    committed = nbformat.read(path, as_version=4)
    fresh = copy.deepcopy(committed)
    client = nbclient.NotebookClient(
        fresh, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    assert printed(fresh) == printed(committed)
    reports = [cell.outputs for cell in fresh.cells if "text/html" in formats_of(cell)]
    assert [len(outputs) for outputs in reports] == [1]  # whole, and nothing beside it
    assert formats(fresh) == formats(committed) >= {"text/html", "image/png"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_committed_notebook_is_compact_and_names_no_machine(path):
    text = path.read_text(encoding="utf-8")
    assert len(text) < 300_000
    for root in ("/home/", "/tmp/", "/root/", "/work/", "/Users/", "\\\\Users\\\\"):  # noqa: S108 - looked for
        assert root not in text
