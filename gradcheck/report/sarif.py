"""The report as SARIF 2.1.0, which code scanning services and editors read (OASIS standard, 27 March 2020)."""

from __future__ import annotations

import json
from pathlib import PurePath
from urllib.parse import quote

from rich.console import Console

from gradcheck import __version__
from gradcheck.diffs import Hunk, hunks
from gradcheck.findings import Finding, Label, Patch, Report, Severity
from gradcheck.report.machine import Json

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render_sarif(report: Report, console: Console) -> None:
    """Write the report as one SARIF log, ASCII only."""
    console.file.write(json.dumps(as_sarif(report), indent=2, allow_nan=False) + "\n")


def as_sarif(report: Report) -> dict[str, Json]:
    """The report as a SARIF log of one run."""
    codes = list(dict.fromkeys(finding.code for finding in report.findings))
    driver: dict[str, Json] = {
        "name": "gradcheck",
        "version": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes) for finding in report.findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> Json:
    from gradcheck.faults import find

    fault = find(code)
    return {
        "id": code,
        "name": fault.name,
        "shortDescription": {"text": fault.title},
        "fullDescription": {"text": fault.what},
        "help": {"text": fault.fix},
        "defaultConfiguration": {"level": LEVELS[fault.severity]},
    }


def _result(finding: Finding, codes: list[str]) -> Json:
    """One finding; `rank` is SARIF's word for a confidence in percent."""
    result: dict[str, Json] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": LEVELS[finding.severity],
        "message": {"text": "\n".join((finding.message, *finding.evidence))},
        "rank": round(100 * finding.confidence, 1),
        "locations": [_location(finding.file, region) for region in _regions(finding)],
    }
    if finding.fix is not None and finding.fix.verified:
        result["fixes"] = [_fix(finding.file, finding.fix)]
    return result


def _regions(finding: Finding) -> list[dict[str, Json]]:
    """The places at fault: the regions labelled as such, else whole lines, else the file's first line."""
    labelled = [_region(label) for label in finding.labels if label.primary]
    return labelled or [{"startLine": line} for line in finding.lines] or [{"startLine": 1}]


def _region(label: Label) -> dict[str, Json]:
    return {"startLine": label.line, "startColumn": label.column + 1, "endColumn": label.end_column + 1}


def _location(file: str, region: dict[str, Json]) -> Json:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(file)}, "region": region}}


def _fix(file: str, fix: Patch) -> Json:
    change: dict[str, Json] = {
        "artifactLocation": {"uri": _uri(file)},
        "replacements": [_replacement(hunk) for hunk in hunks(fix.diff)],
    }
    return {
        "description": {"text": f"verified: {fix.measure} {fix.before:.1e} before, {fix.after:.1e} after"},
        "artifactChanges": [change],
    }


def _replacement(hunk: Hunk) -> Json:
    """The lines that a hunk covers, whole, replaced by what it makes of them."""
    first = hunk.start if hunk.length else hunk.start + 1  # without old lines, it goes in after its start
    kept = (row for row in hunk.rows if row.mark != "-")
    text = "".join(row.text + ("\n" if row.ended else "") for row in kept)
    last = next((row for row in reversed(hunk.rows) if row.mark != "+"), None)
    whole = last is None or last.ended  # the file's last line may have no end: then there is no line after it
    deleted: dict[str, Json] = {
        "startLine": first,
        "startColumn": 1,
        "endLine": first + hunk.length - (not whole),
        "endColumn": 1 if whole or last is None else len(last.text) + 1,
    }
    return {"deletedRegion": deleted, "insertedContent": {"text": text}}


def _uri(file: str) -> str:
    """A file's name as a relative reference, or as a file URI where it is absolute."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
