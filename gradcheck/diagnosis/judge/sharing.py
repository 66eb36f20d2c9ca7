"""Shared arrays: a write that reaches another name, and weights that were best kept by reference."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.diagnosis.judge.mended import fix_of
from gradcheck.diagnosis.judge.parts import finding_of, line_label, listed
from gradcheck.findings import Evidence, Finding, Severity
from gradcheck.repair.mended import Mended


def shared_arrays(evidence: Evidence, mended: Sequence[Mended]) -> list[Finding]:
    """Findings of the two audits, each with the copy that silences it where there is one."""
    findings = [_write(evidence, fact, mended) for fact in evidence.fact("alias_audit", "writes", [])]
    return findings + [
        _snapshot(evidence, fact, mended)
        for fact in evidence.fact("snapshot_audit", "snapshots", [])
        if not fact["shallow"]
    ]


def _write(evidence: Evidence, fact: dict[str, object], mended: Sequence[Mended]) -> Finding:
    target, other, line, bound = (
        fact["target"],
        fact["other"],
        int(str(fact["line"])),
        int(str(fact["bound"])),
    )
    later = int(str(fact["read_later"]))
    broken = bool(evidence.wrong) or bool(fact.get("held"))
    then = f"line {later} reads {other} afterwards" if later else f"nothing reads {other} afterwards, so far"
    if fact.get("held") and not later:
        then = f"{other} is kept after the call, and no longer holds what the forward pass put there"
    return finding_of(
        "aliased-output",
        evidence,
        message=f"line {line} overwrites {other}: {target} is another name for it",
        confidence=0.95 if later or broken else 0.8,
        lines=(line, bound),
        labels=[
            line_label(evidence.source, line, f"changes {other} as well", primary=True),
            line_label(evidence.source, bound, "no copy: two names, one array", primary=False),
        ],
        measured=[f"{target} and {other} share memory when line {line} writes", then],
        severity=Severity.WARNING if later or broken else Severity.NOTE,
        fix=fix_of(evidence, mended, "alias_audit", fact, "shared arrays overwritten"),
        advice="" if mended else f"bind {target} to a copy: {target} = {other}.copy()",
    )


def _snapshot(evidence: Evidence, fact: dict[str, object], mended: Sequence[Mended]) -> Finding:
    parameters = [str(name) for name in fact["parameters"]]  # type: ignore[attr-defined] # a list of names
    line, used = int(str(fact["line"])), int(str(fact["used"]))
    target = fact["target"]
    return finding_of(
        "best-by-reference",
        evidence,
        message=f"{target} holds the weights themselves, not a copy: every later update changes it too",
        confidence=0.97,
        lines=(line, used),
        labels=[
            line_label(evidence.source, line, "kept by reference", primary=True),
            line_label(
                evidence.source, used, "by then these are the last weights, not the best", primary=False
            ),
        ],
        parameters=parameters,
        measured=[f"{listed(parameters)} in {target} are the arrays that the updates change in place"],
        fix=fix_of(evidence, mended, "snapshot_audit", fact, "snapshots that later updates overwrite"),
        advice="" if mended else "copy each array when it is kept",
    )
