"""Names without a repair: from what the deltas and the gradients of single parameters are to the true ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.diagnosis.naming.naming import ignores_labels
from gradcheck.diagnosis.naming.penalties import measured_penalty
from gradcheck.diagnosis.naming.relations import by_relation
from gradcheck.diagnosis.naming.scales import measured_scale
from gradcheck.diagnosis.tasks import Related
from gradcheck.findings import Evidence


def relation_name(evidence: Evidence, wrong: Sequence[str], related: Related) -> str:
    """The name of what is wrong with some gradients, where their values tell; else empty.

    Args:
        evidence: what was measured.
        wrong: the parameters.
        related: what their gradients, and the deltas behind them, are to the true ones.
    """
    if ignores_labels(evidence, wrong):
        return "label-ignored"
    if related.delta:
        return _delta_name(related.delta)
    names = {_gradient_name(evidence, name, related.gradients.get(name, {})) for name in wrong}
    return names.pop() if len(names) == 1 else ""


def _delta_name(traits: Mapping[str, Any]) -> str:
    whole = traits["level"] == "output" and traits["relation"] in {"scale", "loss-factor"}
    return measured_scale(traits) if whole else by_relation(traits["level"], traits)


def _gradient_name(evidence: Evidence, name: str, traits: Mapping[str, Any]) -> str:
    if not traits:
        return ""
    if traits["relation"].startswith("penalty"):
        return measured_penalty(name, traits, evidence)
    return by_relation(traits["level"], traits)
