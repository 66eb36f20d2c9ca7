"""The report as workflow commands: GitHub shows each finding beside its line in a pull request.

Source: "Workflow commands for GitHub Actions", section "Setting an error message".
"""

from __future__ import annotations

from rich.console import Console

from gradcheck.findings import Finding, Outcome, Report, Severity

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(report: Report, console: Console) -> None:
    """Write one command a finding, ranked; a network that could not be judged is a warning on its file."""
    lines = [
        _command(LEVELS[finding.severity], _place(finding), finding.message) for finding in report.findings
    ]
    if report.outcome is Outcome.INCONCLUSIVE:
        place = {"file": report.target, "title": "gradcheck"}
        lines.append(_command("warning", place, "could not tell whether the gradient is right"))
    console.file.writelines(f"{line}\n" for line in lines)  # not through rich, which would fold them


def _place(finding: Finding) -> dict[str, str]:
    place = {"file": finding.file}
    label = next((label for label in finding.labels if label.primary), None)
    if label is not None:
        place |= {"line": str(label.line), "col": str(label.column + 1), "endColumn": str(label.end_column)}
    elif finding.lines:
        place["line"] = str(finding.lines[0])
    return place | {"title": f"{finding.code} {finding.name}"}


def _command(level: str, place: dict[str, str], message: str) -> str:
    properties = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in place.items())
    return f"::{level} {properties}::{_escaped(message)}"


def _escaped(text: str, more: str = "") -> str:
    """`text` with what would end a command or a property written as its code; the percent sign first."""
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text
