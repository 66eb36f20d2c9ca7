"""What every rule needs: a finding made from a row of the catalogue, and figures as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcheck.faults import find
from gradcheck.findings import Evidence, Finding, Label, Patch


def finding_of(
    name: str,
    evidence: Evidence,
    *,
    message: str,
    confidence: float,
    lines: Sequence[int] = (),
    labels: Sequence[Label] = (),
    parameters: Sequence[str] = (),
    measured: Sequence[str] = (),
    fix: Patch | None = None,
    advice: str = "",
    **changes: Any,
) -> Finding:
    """A finding of the fault called `name`, with what is particular to this file."""
    fault = find(name)
    given = {"severity": fault.severity, "algebra": "", **changes}
    return Finding(
        code=fault.code,
        name=fault.name,
        family=fault.family,
        kind=fault.kind,
        confidence=confidence,
        message=message,
        file=evidence.target,
        lines=tuple(lines),
        labels=tuple(labels),
        parameters=tuple(parameters),
        evidence=tuple(measured),
        fix=fix,
        advice=advice,
        **given,
    )


def figure(value: float) -> str:
    """A number for a sentence: four digits, no more.

    Example:
        >>> figure(0.0049999999), figure(1.5e-9), figure(2.0)
        ('0.005', '1.5e-09', '2')
    """
    return f"{value:.4g}"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence.

    Example:
        >>> listed(["W1", "b1", "W2"])
        'W1, b1 and W2'
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def line_label(source: str, line: int, text: str, *, primary: bool) -> Label:
    """A label under the whole of a line's code."""
    row = source.split("\n")[line - 1] if 0 < line <= len(source.split("\n")) else ""
    start = len(row) - len(row.lstrip())
    return Label(line, start, max(len(row.rstrip()), start + 1), text, primary)
