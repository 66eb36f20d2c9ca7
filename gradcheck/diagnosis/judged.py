"""All that can be said of what was measured, observed and repaired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcheck.diagnosis.judge import (
    audited,
    causes_beyond_gradient,
    disagreeing,
    divergence,
    evaluated,
    fed,
    floats,
    folded,
    forward,
    measured_again,
    outcomes,
    passed,
    repaired,
    scaled,
    shared_arrays,
    starts,
    symptoms,
    trained,
    with_implied,
    without_effect,
)
from gradcheck.diagnosis.subject import Mending
from gradcheck.findings import Evidence, Finding, Training
from gradcheck.numerics import Comparison


def judged(
    evidence: Evidence,
    mending: Mending,
    checks: Sequence[Mapping[str, Comparison]],
    training: Training | None,
) -> list[Finding]:
    """All findings, in no particular order."""
    of_loss = (
        forward(evidence, mending.mended)
        + floats(evidence, mending.mended)
        + passed(evidence, mending.mended)
    )
    of_data = fed(evidence, mending.mended)
    gradient = _of_gradient(measured_again(evidence, mending), mending, checks)
    findings = of_loss + folded(gradient, [*of_loss, *of_data])
    findings += shared_arrays(evidence, mending.mended)
    findings += trained(evidence, mending.mended)
    findings += starts(evidence, mending.mended)
    findings += of_data
    findings += evaluated(evidence, mending.mended)
    findings += audited(evidence, mending.mended)
    findings += causes_beyond_gradient(evidence)
    findings += divergence(evidence, findings)
    findings += symptoms(evidence, findings, mending.mended)
    return findings + outcomes(evidence, findings, training)


def _of_gradient(
    evidence: Evidence, mending: Mending, checks: Sequence[Mapping[str, Comparison]]
) -> list[Finding]:
    """What is said of the gradients: of those that repairs made right, and of those that are wrong still."""
    findings = with_implied(repaired(evidence, mending.repairs, checks, mending.related), evidence)
    ratio = evidence.fact("residual_fits", "common_ratio")
    if ratio is not None and not findings and evidence.wrong:
        return [scaled(evidence, ratio, mending.related)]
    return [
        *findings,
        *without_effect(evidence, mending.mended),
        *disagreeing(evidence, mending.wrong, mending.remaining),
    ]
