"""The report as JSON, version 1 of the contract: what other programs read."""

from __future__ import annotations

import json
import math
import numbers
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from rich.console import Console

from gradcheck import __version__
from gradcheck.findings import Finding, Patch, Report
from gradcheck.numerics import Comparison

VERSION = 1

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def render_json(report: Report, console: Console) -> None:
    """Write the report as one JSON object, ASCII only, NaN and infinities as null."""
    console.file.write(json.dumps(as_dict(report), indent=2, allow_nan=False) + "\n")


def as_dict(report: Report) -> dict[str, Json]:
    """The report as JSON types."""
    return {
        "version": VERSION,
        "tool": f"gradcheck {__version__}",
        "target": report.target,
        "verdict": str(report.outcome),
        "parameters": [_parameter(comparison) for comparison in report.parameters],
        "findings": [_finding(finding) for finding in report.findings],
        "patch": report.patch or None,
        "wiring": plain(report.wiring),
        "seed": report.seed,
        "evaluations": report.evaluations,
        "seconds": plain(report.seconds),
    }


def plain(value: object) -> Json:
    """`value` as JSON types: mappings, sequences, text, booleans, None and numbers, non-finite ones as None.

    Raises:
        TypeError: something else; data that JSON cannot hold must not vanish from a report unseen.

    Example:
        >>> plain({"lr": float("nan"), "shape": (4, 3)})
        {'lr': None, 'shape': [4, 3]}
    """
    if value is None or isinstance(value, (bool, str)):
        return value if value is None or isinstance(value, bool) else str(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    raise TypeError(f"cannot stand in a JSON report: {type(value).__name__}")


def _parameter(comparison: Comparison) -> dict[str, Json]:
    return {
        "name": comparison.name,
        "shape": plain(comparison.shape),
        "analytic_norm": plain(comparison.analytic_norm),
        "numerical_norm": plain(comparison.numerical_norm),
        "cosine": plain(comparison.cosine),
        "relative_error": plain(comparison.relative_error),
        "error_bar": plain(comparison.error_bar),
        "verdict": str(comparison.verdict),
    }


def _finding(finding: Finding) -> dict[str, Json]:
    return {
        "code": finding.code,
        "name": finding.name,
        "family": str(finding.family),
        "kind": str(finding.kind),
        "severity": str(finding.severity),
        "confidence": plain(finding.confidence),
        "file": finding.file,
        "lines": plain(finding.lines),
        "parameters": plain(finding.parameters),
        "message": finding.message,
        "evidence": plain(finding.evidence),
        "explains": plain(finding.explains),
        "fix": None if finding.fix is None else _fix(finding.fix),
    }


def _fix(fix: Patch) -> dict[str, Json]:
    return {
        "diff": fix.diff,
        "verified": fix.verified,
        "before": plain(fix.before),
        "after": plain(fix.after),
    }
