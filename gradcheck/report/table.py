"""The gradient check as a table: both norms, cosine, relative error, its bar, and the verdict in a word."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from gradcheck.numerics import Comparison, Verdict
from gradcheck.report.page import Page, fit_cells
from gradcheck.report.wording import VERDICT_STYLES, VERDICTS, cosine, figure, shape

_HEADS = ("|analytic|", "|numerical|", "cosine", "rel. error", "error bar")
_NARROWEST = 8  # a name or a shape is never cut below this


def table(page: Page, parameters: Sequence[Comparison]) -> None:
    """Draw one row a parameter, and below it the reasons that are not plain from the figures."""
    names = [page.spell(comparison.name) for comparison in parameters]
    shapes = [shape(comparison.shape) for comparison in parameters]
    words = max(map(len, VERDICTS.values()))
    figures = sum(len(head) + 1 for head in _HEADS)
    room = page.width - figures - words - 2 - 1
    for_shape = min(_widest("shape", shapes), max(room - _widest("parameter", names), _NARROWEST))
    for_name = min(_widest("parameter", names), room - for_shape)
    page.line(
        (f"{fit_cells('parameter', for_name)} {fit_cells('shape', for_shape)} {' '.join(_HEADS)}", "bold")
    )
    for comparison, name, size in zip(parameters, names, shapes, strict=True):
        row = (
            f"{figure(comparison.analytic_norm):>{len(_HEADS[0])}}",
            f"{figure(comparison.numerical_norm):>{len(_HEADS[1])}}",
            f"{cosine(comparison.cosine):>{len(_HEADS[2])}}",
            f"{figure(comparison.relative_error):>{len(_HEADS[3])}}",
            f"{figure(comparison.error_bar):>{len(_HEADS[4])}}",
        )
        dots = page.spell("…")
        page.line(
            f"{fit_cells(name, for_name, ellipsis=dots)} {fit_cells(size, for_shape, ellipsis=dots)} ",
            " ".join(row) + "  ",
            (VERDICTS[comparison.verdict], VERDICT_STYLES[comparison.verdict]),
        )
    for comparison in parameters:
        if comparison.reason and comparison.verdict is not Verdict.PASS:
            page.paragraph([f"  {comparison.name}: "], comparison.reason, hang=4)


def _widest(head: str, cells: Sequence[str]) -> int:
    return max(cell_len(cell) for cell in (head, *cells))
