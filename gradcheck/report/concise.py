"""One line a finding, as editors and grep read them."""

from __future__ import annotations

from rich.console import Console

from gradcheck.findings import Outcome, Report
from gradcheck.report.excerpt import positions
from gradcheck.report.page import Page
from gradcheck.report.wording import SEVERITY_STYLES


def render_concise(report: Report, console: Console) -> None:
    """Write ``file:line:column: code name: message``, ranked, the longest lines whole."""
    page = Page(console)
    for finding in report.findings:
        fixable = " [fix verified]" if finding.fix is not None and finding.fix.verified else ""
        cause = f" [follows from {finding.explained_by}]" if finding.explained_by else ""
        page.line(
            (positions(report, finding), "bold"),
            ": ",
            (finding.code, SEVERITY_STYLES[finding.severity]),
            f" {finding.name}: {finding.message}{fixable}{cause}",
        )
    if not report.findings or report.outcome is Outcome.INCONCLUSIVE:
        page.line((report.target, "bold"), f": {report.outcome}")
