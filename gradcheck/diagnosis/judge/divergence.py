"""Training that leaves the finite numbers: where it does so first, and which fault that follows from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradcheck.diagnosis.judge.parts import finding_of, line_label
from gradcheck.faults import find
from gradcheck.findings import Evidence, Finding, Kind, Severity

FIRST = ("exp-overflow", "learning-rate-too-high")
# Faults whose experiment takes the symptom away: the shift of a softmax, a smaller rate.


def divergence(evidence: Evidence, causes: Sequence[Finding]) -> list[Finding]:
    """The symptom of a loss that is no number, under what explains it: log 0 where nothing else does."""
    lost = evidence.fact("finiteness_audit", "lost", [])
    if not lost:
        return []
    line, what = int(lost[0]["line"]), str(lost[0]["what"])
    lines = [line] if line else []
    labels = [line_label(evidence.source, line, what, primary=True) for line in lines]
    loss = str(lost[0]["loss"])
    ended = (
        f"training breaks off with {loss}" if loss.endswith("Error") else f"the loss after training is {loss}"
    )
    measured = [ended, f"first, at line {line}: {what}"]
    own = [
        finding_of(
            "log-of-zero",
            evidence,
            message="training takes the logarithm of a probability that is 0",
            confidence=0.8,
            measured=measured,
            advice=find("log-of-zero").fix,
            lines=lines,
            labels=labels,
        )
    ]
    cause = _cause(causes)
    own = own if cause is None and what.endswith("encountered in log") else []
    cause = cause or next(iter(own), None)
    symptom = finding_of(
        "loss-not-finite",
        evidence,
        message="training ends without a finite loss",
        confidence=0.97,
        measured=measured,
        advice="" if cause is not None else find("loss-not-finite").fix,
        lines=lines,
        labels=labels,
    )
    return [*own, replace(symptom, explained_by=cause.code if cause is not None else "")]


def _cause(causes: Sequence[Finding]) -> Finding | None:
    named = {finding.name: finding for finding in causes}
    known = next((named[name] for name in FIRST if name in named), None)
    serious = (f for f in causes if f.kind is Kind.FAULT and f.severity is not Severity.NOTE)
    return known or next(serious, None)
