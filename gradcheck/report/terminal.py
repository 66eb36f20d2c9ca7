"""The full report for a terminal: what was understood, the table, the findings, the patch, the training."""

from __future__ import annotations

from rich.console import Console

from gradcheck.diffs import changes
from gradcheck.findings import Finding, Report, Run, Training
from gradcheck.report.closing import closing
from gradcheck.report.finding import finding_block
from gradcheck.report.page import Page
from gradcheck.report.table import table
from gradcheck.report.wording import count, figure, level


def render_full(report: Report, console: Console) -> None:
    """Write the whole report."""
    page = Page(console)
    _understood(page, report)
    if report.parameters:
        page.blank()
        table(page, report.parameters)
    for finding in roots(report):
        page.blank()
        finding_block(page, finding, report, consequences(report, finding))
    if report.patch:
        page.blank()
        _patch(page, report)
    if report.training is not None:
        page.blank()
        _training(page, report.training)
    page.blank()
    closing(page, report)


def render_patch(report: Report, console: Console) -> None:
    """Write the patch alone, whole, as ``patch`` reads it."""
    console.file.write(report.patch)  # not through rich, which would widen tabs and drop carriage returns


def roots(report: Report) -> tuple[Finding, ...]:
    """The findings that stand for themselves: those whose cause is not in the report too."""
    codes = {finding.code for finding in report.findings}
    return tuple(finding for finding in report.findings if finding.explained_by not in codes)


def consequences(report: Report, cause: Finding) -> tuple[Finding, ...]:
    """The findings that follow from `cause`, at any remove."""
    found: list[Finding] = []
    causes = {cause.code}
    for finding in report.findings:  # ranked, so that a cause comes before what it leads to
        if finding.explained_by in causes:
            found.append(finding)
            causes.add(finding.code)
    return tuple(found)


def _understood(page: Page, report: Report) -> None:
    cost = f"{count(report.evaluations, 'evaluation')}, {report.seconds:.1f} s"
    page.paragraph([], f"{report.target} · seed {report.seed} · {cost}", "bold", hang=2)
    for sentence in report.understood:
        page.paragraph(["  "], sentence)
    for notice in report.notices:
        page.paragraph([("note: ", "bold cyan")], notice)


def _patch(page: Page, report: Report) -> None:
    error = report.patched_error
    effect = (
        "not every gradient is right with it"
        if error is None
        else f"largest relative error {figure(error)} with it"
    )
    page.paragraph([("patch", "bold"), ": "], f"{report.target}, {effect}", hang=2)
    if [changes(report.patch)] == [changes(finding.fix.diff) for finding in report.findings if finding.fix]:
        return  # it has been shown, with the only finding that has a fix
    for line in report.patch.removesuffix("\n").split("\n"):
        style = {"-": "red", "+": "green", "@": "cyan"}.get(line[:1], "")
        page.fold([], line, style)


def _training(page: Page, training: Training) -> None:
    page.paragraph([("training", "bold"), ": "], f"{training.call}, on a copy, seed {training.seed}", hang=2)
    page.line("  as it stands    ", trained(training.original))
    if training.patched is not None:
        page.line("  with the patch  ", trained(training.patched))


def trained(run: Run) -> str:
    """What a training run reached, in words."""
    shown = f"loss {level(run.loss_before)} → {level(run.loss_after)}"
    if run.accuracy_before is not None and run.accuracy_after is not None:
        shown += f", accuracy {level(run.accuracy_before)} → {level(run.accuracy_after)}"
    return shown
