"""The last lines of a report: the verdict in one sentence, and what to type next."""

from __future__ import annotations

from collections import Counter

from gradcheck.findings import Outcome, Report, Severity
from gradcheck.numerics import Verdict
from gradcheck.report.page import Page
from gradcheck.report.wording import count

_STYLES = {
    Outcome.CLEAN: "bold green",
    Outcome.FAULTY: "bold red",
    Outcome.INCONCLUSIVE: "bold yellow",
}


def closing(page: Page, report: Report) -> None:
    """Draw them."""
    fixes = sum(finding.fix is not None and finding.fix.verified for finding in report.findings)
    parts = (
        _verdict(report),
        severities(report),
        f"{count(fixes, 'verified fix', 'verified fixes')}, written by --fix" if fixes else "",
        f"{report.suppressed} suppressed" if report.suppressed else "",
    )
    outcome = (report.outcome.value, _STYLES[report.outcome])
    page.paragraph([outcome, ": "], " · ".join(part for part in parts if part), hang=2)
    if report.findings:
        page.line(f"  try: gradcheck explain {report.findings[0].code}")
    elif report.outcome is Outcome.FAULTY:
        page.line(f"  try: gradcheck diagnose {report.target}")


def severities(report: Report) -> str:
    """How many findings of each severity, the worst first; an empty string without any."""
    numbers = Counter(finding.severity for finding in report.findings)
    return ", ".join(count(numbers[severity], severity.value) for severity in Severity if numbers[severity])


def _verdict(report: Report) -> str:
    """What the outcome rests on, where the findings do not say it."""
    if report.outcome is Outcome.CLEAN:
        return f"no fault found, {count(len(report.parameters), 'parameter')} checked"
    if report.outcome is Outcome.INCONCLUSIVE:
        unsure = _names(report, Verdict.INCONCLUSIVE)
        return f"could not tell for {unsure}" if unsure else "could not tell"
    return "" if report.findings else f"wrong gradient of {_names(report, Verdict.FAIL)}"


def _names(report: Report, verdict: Verdict) -> str:
    return ", ".join(one.name for one in report.parameters if one.verdict is verdict)
