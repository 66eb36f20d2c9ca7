"""Gradients that were measured against a loss that is itself at fault: what is said of them follows from that fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradcheck.diagnosis.subject import Mending
from gradcheck.findings import Evidence, Finding
from gradcheck.numerics import Verdict

NAMES = frozenset(
    {
        "softmax-axis",
        "softmax-whole-batch",
        "binary-loss-for-classes",
        "missing-softmax",
        "layer-bypassed",
        "running-statistics-in-training",
        "clipped-probabilities",
        "single-precision-check",
        "loss-sign",
        "prediction-ignored",
        "nondeterministic-loss",
        "input-ignored",
        "broadcast-loss",
        "initialisation-too-large",
        "unscaled-inputs",
    }
)


def measured_again(evidence: Evidence, mending: Mending) -> Evidence:
    """The evidence without the wrong gradients that were right as soon as the loss was mended."""
    if not any(step.of_loss for step in mending.mended):
        return evidence
    found = {p for repair in mending.repairs for p in repair.edit.parameters}
    left = {
        name: comparison
        for name, comparison in evidence.comparisons.items()
        if comparison.verdict is not Verdict.FAIL or name in mending.wrong or name in found
    }
    return replace(evidence, comparisons=left)


def folded(gradient: Sequence[Finding], causes: Sequence[Finding]) -> list[Finding]:
    """Findings on gradients, under the fault of the loss where there is one."""
    cause = next((finding for finding in causes if finding.name in NAMES and finding.fix is None), None)
    if cause is None:
        return list(gradient)
    return [replace(finding, explained_by=cause.code) for finding in gradient if finding.code != cause.code]
