"""A report as a string, for those who have no console to write on."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from rich.console import Console

from gradcheck.findings import Report
from gradcheck.numerics import Comparison
from gradcheck.report.page import Page
from gradcheck.report.table import table
from gradcheck.report.terminal import render_full

WIDTH = 80


def written(write: Callable[[Console], None], width: int = WIDTH) -> str:
    """What `write` writes, without colour, in UTF-8."""
    paper = io.StringIO(newline="")
    write(
        Console(
            file=paper,
            width=width,
            color_system=None,
            force_terminal=False,
            force_jupyter=False,  # in a notebook, rich would show each line in a cell of its own
            highlight=False,
        )
    )
    return paper.getvalue()


def as_text(report: Report) -> str:
    """The full report."""
    return written(lambda console: render_full(report, console))


def table_as_text(parameters: Sequence[Comparison]) -> str:
    """The gradient check alone."""
    return written(lambda console: table(Page(console), parameters))
