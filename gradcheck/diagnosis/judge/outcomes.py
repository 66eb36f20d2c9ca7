"""Training outcomes: uniform outputs, dead and saturated layers, frozen parameters, told apart by measurement."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from gradcheck.diagnosis.judge.parts import figure, finding_of, line_label, listed
from gradcheck.findings import Evidence, Family, Finding, Kind, Severity, Training
from gradcheck.numerics import Verdict

COLLAPSED = 0.05
# The weights count as gone where training leaves less than this share of their norm.


def outcomes(evidence: Evidence, causes: Sequence[Finding], training: Training | None) -> list[Finding]:
    """Symptoms, each with the code of the finding that explains it, where one does."""
    findings: list[Finding] = []
    cause = _cause_of_uniform(evidence, causes)
    if evidence.fact("train_copy", "uniform_after", False):
        findings += _uniform(evidence, cause, training)
    return findings


def causes_beyond_gradient(evidence: Evidence) -> list[Finding]:
    """Causes that leave every gradient right: parameters that start at zero, or that training never moves."""
    findings = []
    updated, trained = (evidence.fact(name, "changed", {}) for name in ("update_audit", "train_copy"))
    frozen = [name for name, moved in updated.items() if not (moved or trained.get(name, False))]
    integers = evidence.fact("parameter_dtypes", "integers", [])
    every = bool(frozen) and len(frozen) == len(updated) and len(integers) < len(updated)
    if every:
        findings.append(
            finding_of(
                "zero-learning-rate",
                evidence,
                message="an update leaves every parameter exactly as it was",
                confidence=0.9,
                parameters=frozen,
                measured=[f"{listed(frozen)}: equal bit for bit before and after an update"],
                advice="look at the rate, at what the update assigns to, and at the dtype of the weights",
            )
        )
    start = evidence.fact("forward_pass", "start", {})
    zeros = [
        name
        for name, zero in start.items()
        if zero == "zero" and evidence.comparisons[name].verdict is not Verdict.FAIL
    ]
    weights = [name for name in zeros if len([n for n in evidence.comparisons[name].shape if n > 1]) > 1]
    shown = any(fact["kind"] in {"zero", "constant"} for fact in evidence.fact("start_audit", "stuck", []))
    if weights and set(weights) >= set(_matrices(evidence)) and len(weights) > 1 and not shown:
        born = evidence.fact("birth_audit", "lines", {})
        lines = list(dict.fromkeys(born[name] for name in weights if name in born))
        findings.append(
            finding_of(
                "zero-initialisation",
                evidence,
                message=f"{listed(weights)} start at exactly 0, so no hidden unit can ever differ from another",
                confidence=0.95,
                lines=lines,
                labels=[line_label(evidence.source, line, "", primary=True) for line in lines],
                parameters=weights,
                measured=[
                    f"{name}: every entry is 0 at the start, its gradient has norm "
                    f"{figure(evidence.comparisons[name].numerical_norm)}"
                    for name in weights
                ],
                advice="start them at small random numbers, such as rng.normal(size=shape) / sqrt(fan_in)",
            )
        )
    return findings


def _matrices(evidence: Evidence) -> list[str]:
    return [name for name, c in evidence.comparisons.items() if len([n for n in c.shape if n > 1]) > 1]


def _cause_of_uniform(evidence: Evidence, causes: Sequence[Finding]) -> Finding | None:
    """The finding that explains uniform outputs, of the known causes, in the order in which evidence excludes them."""
    by_name = {finding.name: finding for finding in causes}
    for name in ("zero-learning-rate", "zero-initialisation", "label-ignored"):
        if name in by_name:
            return by_name[name]
    norms = evidence.fact("train_copy", "norms", {})
    gone = [name for name, (was, now) in norms.items() if was > 0 and now < COLLAPSED * was]
    penalties = [f for f in causes if f.family is Family.REGULARIZATION]
    if gone and penalties and evidence.fact("scale_penalty", "scalar", ""):
        return penalties[0]
    serious = [f for f in causes if f.severity is not Severity.NOTE]
    faults = [f for f in serious if f.kind is Kind.FAULT]
    return next(iter([*faults, *(f for f in serious if f.name == "dead-hidden-layer")]), None)


def _uniform(evidence: Evidence, cause: Finding | None, training: Training | None) -> list[Finding]:
    share = evidence.fact("train_copy", "share") or []
    classes = evidence.fact("train_copy", "classes", 0)
    even = classes > 1 and all(abs(p - 1.0 / classes) < 0.02 for p in share)
    message = f"after training every sample gets the outputs {', '.join(f'{p:.3f}' for p in share)}"
    measured = []
    if even and training is not None:
        measured.append(
            f"1/{classes} = {1.0 / classes:.3f} for each of {classes} classes; "
            f"the loss of that is ln {classes} = {math.log(classes):.4f}"
        )
    explained = ""
    if cause is not None:
        explained = cause.code
        measured.append(_why(cause))
    return [
        replace(
            finding_of(
                "uniform-outputs",
                evidence,
                message=message,
                confidence=0.95,
                measured=[m for m in measured if m],
            ),
            explained_by=explained,
        )
    ]


def _why(cause: Finding) -> str:
    return {
        "label-ignored": "every step pushes the outputs the same way whatever the label, until none stands out",
        "zero-initialisation": "hidden units that start alike stay alike, and pass nothing of the input on",
        "zero-learning-rate": "nothing was learnt, because nothing moved",
    }.get(cause.name, f"it goes with {cause.name}")
