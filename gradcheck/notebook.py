"""The notebook face: a report as the last expression of a cell shows itself."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.findings import Report
from gradcheck.report import mimebundle


def register() -> None:
    """Let IPython show reports; done when `gradcheck.diagnose` or `gradcheck.check` is first used there."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.display_formatter.mimebundle_formatter.for_type(Report, _bundle)


@dataclass(frozen=True, slots=True)
class Shown:
    """A report for a notebook other than IPython's.

    Attributes:
        report: the report.
    """

    report: Report

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a front end may choose from; IPython's protocol, which others follow."""
        return _bundle(self.report, include, exclude)


def show(report: Report) -> Shown:
    """Show a report: as HTML where the front end can, as the terminal's report elsewhere.

    Example:
        >>> from gradcheck.findings import Outcome
        >>> print(show(Report("net.py", "", Outcome.CLEAN, (), ()))._repr_mimebundle_()["text/plain"])
        net.py · seed 0 · 0 evaluations, 0.0 s
        <BLANKLINE>
        clean: no fault found, 0 parameters checked
        <BLANKLINE>
    """
    return Shown(report)


def _bundle(report: Report, include: object = None, exclude: object = None) -> dict[str, str]:
    """The report in every form; front ends filter what they are given."""
    del include, exclude
    return mimebundle(report)
