"""One finding: problem, place, evidence, consequence, remedy, in that order."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.cells import Cells
from gradcheck.diffs import Row, changes
from gradcheck.findings import Finding, Patch, Report
from gradcheck.report.excerpt import excerpt, positions
from gradcheck.report.page import Page
from gradcheck.report.wording import SEVERITY_STYLES, effect

SURE = 0.8  # a finding less likely than this says how likely it is


def finding_block(page: Page, finding: Finding, report: Report, consequences: Sequence[Finding] = ()) -> None:
    """Draw a finding, with those that follow from it folded under it."""
    style = SEVERITY_STYLES[finding.severity]
    doubt = f" (confidence {finding.confidence:.2f})" if finding.confidence < SURE else ""
    title = [(f"{finding.severity}[{finding.code}]", style), (f" {finding.name}{doubt}: ", "bold")]
    page.paragraph(title, finding.message, "bold", hang=4)
    page.paragraph([("  --> ", "blue")], positions(report, finding))
    excerpt(page, report, finding, style)
    for sentence in finding.evidence:
        _fact(page, "measured", sentence)
    if finding.algebra:
        _fact(page, "algebra", finding.algebra)
    if finding.parameters:
        _fact(page, "spoils", ", ".join(finding.parameters))
    for consequence in consequences:
        _consequence(page, consequence)
    if finding.fix is not None:
        _fix(page, finding.fix, report.cells)
    if finding.advice:
        _fact(page, "help", finding.advice)


def _fact(page: Page, kind: str, words: str) -> None:
    first, *others = words.split("\n")
    page.paragraph([("   = ", "blue"), (f"{kind}: ", "bold")], first)
    for line in others:
        unindented = line.lstrip(" ")
        page.paragraph([" " * (7 + len(kind) + len(line) - len(unindented))], unindented)


def _consequence(page: Page, finding: Finding) -> None:
    _fact(page, "explains", f"{finding.code} {finding.name}: {finding.message}")
    for sentence in finding.evidence:
        page.paragraph([" " * 15], sentence)


def _fix(page: Page, fix: Patch, cells: Cells) -> None:
    measured = f"{effect(fix)} with"
    _fact(page, "help", measured if fix.verified else f"{measured} (not verified)")
    rows = changes(fix.diff)
    gutter = max((len(str(row.number)) for row in rows), default=0)
    for row in rows:
        _change(page, row, cells.within(row.number), gutter)
    if fix.odd:
        _fact(page, "note", fix.odd)


def _change(page: Page, row: Row, number: int, gutter: int) -> None:
    style = "red" if row.mark == "-" else "green"
    page.fold([(f"{number:>{gutter}} {row.mark} ", style)], row.text, style)
