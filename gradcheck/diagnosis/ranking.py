"""Ranking: root causes first, what follows from them folded under them, notes last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from gradcheck.findings import Evidence, Family, Finding, Kind, Outcome, Severity
from gradcheck.numerics import Verdict

NEAREST_LOSS = {
    Family.LOSS: 0,
    Family.FORWARD: 0,
    Family.DTYPE_SHAPE: 1,
    Family.OUTPUT_DELTA: 2,
    Family.HIDDEN_DELTA: 3,
    Family.ALIASING: 4,
    Family.WEIGHT_GRAD: 4,
    Family.BIAS_GRAD: 5,
    Family.REGULARIZATION: 6,
    Family.SCALING: 7,
}
# A fault nearer the loss spoils everything behind it, so it comes first.
SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def ranked(findings: Sequence[Finding], select: Sequence[str], ignore: Sequence[str]) -> tuple[Finding, ...]:
    """Findings in the order in which they should be mended, without those that were not asked for."""
    chosen = [f for f in findings if _wanted(f.code, select, ignore)]
    codes = {finding.code for finding in chosen}
    follows = {f.code: f.explained_by for f in chosen if f.explained_by in codes}
    named = [replace(f, explained_by=follows.get(f.code, "")) for f in chosen]
    explaining = [
        replace(f, explains=tuple(code for code, cause in follows.items() if cause == f.code)) for f in named
    ]
    return tuple(sorted(explaining, key=_key))


def outcome_of(
    findings: Sequence[Finding], evidence: Evidence, excused: Collection[str] = frozenset()
) -> Outcome:
    """Faulty with any error or warning; inconclusive where some gradient could not be judged; clean otherwise.

    The gradients of the parameters `excused` are wrong for a known reason, and do not count.
    """
    if any(finding.severity is not Severity.NOTE for finding in findings):
        return Outcome.FAULTY
    verdicts = {found.verdict for name, found in evidence.comparisons.items() if name not in excused}
    return Outcome.INCONCLUSIVE if verdicts & {Verdict.INCONCLUSIVE, Verdict.FAIL} else Outcome.CLEAN


def _key(finding: Finding) -> tuple[bool, bool, int, int, float]:
    return (
        bool(finding.explained_by),
        finding.kind is Kind.SYMPTOM,
        SEVERITIES.index(finding.severity),
        NEAREST_LOSS.get(finding.family, 8),
        -finding.confidence,
    )


def _wanted(code: str, select: Sequence[str], ignore: Sequence[str]) -> bool:
    chosen = not select or any(code.startswith(prefix) for prefix in select)
    return chosen and not any(code.startswith(prefix) for prefix in ignore)
