"""Notebooks: their code as one source, an edited source back into the cells, and all else as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.cells import Cells
from gradcheck.errors import SubjectError, UsageError
from gradcheck.subject import discover_wiring
from gradcheck.subject.ipython import Notebook
from gradcheck.subject.target import resolve_target

PYTHON = {"display_name": "Python 3", "language": "python", "name": "python3"}


def code(text, *, lines=True):
    source = text.splitlines(keepends=True) if lines else text
    return {
        "cell_type": "code",
        "execution_count": 3,
        "metadata": {"tags": ["é"]},
        "outputs": [],
        "source": source,
    }


def markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "source": [text]}


def document(*cells, **more):
    return {
        "cells": list(cells),
        "metadata": {"kernelspec": PYTHON},
        "nbformat": 4,
        "nbformat_minor": 5,
        **more,
    }


def text_of(notebook, indent=1):
    return json.dumps(notebook, indent=indent, ensure_ascii=False) + "\n"


def parsed(*cells, indent=1):
    return Notebook.of(text_of(document(*cells), indent), "net.ipynb")


def test_code_cells_stand_one_after_another_with_their_numbers():
    notebook = parsed(markdown("# Title"), code("a = 1\nb = 2"), markdown("more"), code("c = a + b\n"))
    assert notebook.source == "# %% cell 2\na = 1\nb = 2\n\n# %% cell 4\nc = a + b\n"
    assert Cells.of(notebook.source) == Cells((2, 4), (2, 6))


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("%matplotlib inline\nx = 1", "pass  # ipython: %matplotlib inline\nx = 1"),
        (
            "if True:\n    !pip install numpy\n    y = 2",
            "if True:\n    pass  # ipython: !pip install numpy\n    y = 2",
        ),
        ("%%time\nx = 1", "pass  # ipython: %%time\nx = 1"),
        ("%%bash\nls | head", "pass  # ipython: %%bash\npass  # ipython: ls | head"),
        ("np.tanh?", "pass  # ipython: np.tanh?"),
        ("x = (7\n%3)", "x = (7\n%3)"),
    ],
    ids=["magic", "shell", "timed cell", "another language", "help", "no magic"],
)
def test_what_only_ipython_reads_is_a_comment_and_comes_back(cell, plain):
    notebook = parsed(code(cell))
    assert notebook.source == f"# %% cell 1\n{plain}\n"
    compile(notebook.source, "net.ipynb", "exec")
    assert json.loads(notebook.text_with(notebook.source)) == notebook.document


LINES = st.lists(
    st.sampled_from(["a = 1", "%timeit a", "!ls", "", "    ", "b = 'é'", "# %%", "c?"]), max_size=6
)


@given(st.lists(LINES.map("\n".join), min_size=1, max_size=4), st.integers(1, 4), st.booleans())
def test_an_unchanged_source_leaves_every_byte(cells, indent, lines):
    text = text_of(document(*(code(cell, lines=lines) for cell in ["z = 0", *cells])), indent)
    notebook = Notebook.of(text, "net.ipynb")
    assert notebook.text_with(notebook.source) == text


@pytest.mark.parametrize("lines", [True, False], ids=["list of lines", "one text"])
def test_an_edit_changes_its_cell_alone(lines):
    cells = [code("%time\na = 1", lines=lines), markdown("text"), code("b = a - 1\nprint(b)", lines=lines)]
    notebook = parsed(*cells)
    edited = json.loads(notebook.text_with(notebook.source.replace("a - 1", "a + 1")))
    cells[2] = code("b = a + 1\nprint(b)", lines=lines)
    assert edited == document(*cells)


REFUSED = {
    "cut off": ('{"cells": [', "JSON breaks off", "Jupyter"),
    "no cells": ("{}", "no list of cells", "nbconvert"),
    "old format": ('{"worksheets": [], "nbformat": 3}', "no list of cells", "nbconvert"),
    "no code": (text_of(document(markdown("only words"))), "no cell of it holds code", ""),
    "another language": (
        text_of(document(code("x <- 1"), metadata={"kernelspec": {"language": "R"}})),
        "is in R",
        "",
    ),
}


@pytest.mark.parametrize(("text", "came", "attempt"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_notebook_is_refused(text, came, attempt, tmp_path):
    path = tmp_path / "net.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        resolve_target(path)
    assert "expected" in caught.value.message
    assert came in caught.value.message
    assert attempt in caught.value.hint


def test_a_target_keeps_its_notebook_and_says_where_its_lines_are(tmp_path):
    path = tmp_path / "net.ipynb"
    path.write_bytes(text_of(document(code("a = 1"), code("b = 2"))).replace("\n", "\r\n").encode())
    target = resolve_target(path)
    assert target.source == "# %% cell 1\na = 1\n\n# %% cell 2\nb = 2\n"
    assert target.place(5).endswith("net.ipynb, cell 2, line 1")
    assert target.encode(target.source) == path.read_bytes()


def test_what_a_cell_raises_is_told_with_the_cell(tmp_path):
    path = tmp_path / "net.ipynb"
    path.write_text(text_of(document(code("import numpy as np"), markdown("then"), code("a = 1\nb = a / 0"))))
    with pytest.raises(
        SubjectError, match=r"ZeroDivisionError: division by zero at cell 3, line 2 \(b = a / 0\)"
    ):
        discover_wiring(resolve_target(path))
