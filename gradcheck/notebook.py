"""The notebook face: reports that show themselves in a cell."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.findings import Report
from gradcheck.report import mimebundle


@dataclass(frozen=True, slots=True)
class Shown:
    """A report as the last expression of a cell.

    Attributes:
        report: the report.
    """

    report: Report

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a front end may choose from; the protocol of IPython, which others follow."""
        del include, exclude  # it filters what it is given
        return mimebundle(self.report)


def show(report: Report) -> Shown:
    """Show a report in a notebook: as HTML where the front end can, as the terminal's report elsewhere.

    Example:
        >>> show(check("net.py"))  # doctest: +SKIP
    """
    return Shown(report)
