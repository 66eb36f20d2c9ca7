"""Names without a repair: from what the deltas and the gradients of single parameters are to the true ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.diagnosis.answers import Related
from gradcheck.diagnosis.naming.naming import ignores_labels
from gradcheck.diagnosis.naming.penalties import measured_penalty, residual_penalty
from gradcheck.diagnosis.naming.relations import by_relation
from gradcheck.diagnosis.naming.scales import measured_scale
from gradcheck.findings import Evidence

CLOSE = 1e-5


def relation_name(evidence: Evidence, wrong: Sequence[str], related: Related) -> str:
    """The name of what is wrong with some gradients, where their values tell; else empty.

    Args:
        evidence: what was measured.
        wrong: the parameters.
        related: what their gradients, and the deltas behind them, are to the true ones.
    """
    if ignores_labels(evidence, wrong):
        return "label-ignored"
    levels = {related.gradients.get(name, {}).get("level", "bias") for name in wrong}
    if levels == {"bias"} and (named := residual_penalty(wrong, evidence)):
        return named
    if related.delta and len(wrong) > 1:  # a single gradient may be wrong with a delta that is right
        return _delta_name(related.delta)
    gradients = [related.gradients.get(name, {}) for name in wrong]
    if len(wrong) > 1 and (common := _common(gradients)):
        place = "output" if set(wrong) >= set(evidence.comparisons) else "hidden"
        return _delta_name({**common, "level": place})
    names = {_gradient_name(evidence, name, traits) for name, traits in zip(wrong, gradients, strict=True)}
    return names.pop() if len(names) == 1 else ""


def _common(gradients: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The constant that all of some gradients have too many; empty where there is no such."""
    first = gradients[0]
    alike = all(
        traits
        and traits["relation"] in {"zero", "sign", "scale"}
        and traits["relation"] == first["relation"]
        and abs((traits["factor"] or 0.0) - (first["factor"] or 0.0)) <= CLOSE * abs(first["factor"] or 1.0)
        for traits in gradients
    )
    return first if alike else {}


def _delta_name(traits: Mapping[str, Any]) -> str:
    whole = traits["level"] == "output" and traits["relation"] in {"scale", "loss-factor"}
    return measured_scale(traits) if whole else by_relation(traits["level"], traits)


def _gradient_name(evidence: Evidence, name: str, traits: Mapping[str, Any]) -> str:
    if not traits:
        return ""
    if traits["relation"].startswith("penalty"):
        return measured_penalty(name, traits, evidence)
    return by_relation(traits["level"], traits)
