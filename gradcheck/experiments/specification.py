"""Whether the loss itself is at fault: measured against such a loss, a gradient cannot be told right from wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcheck.errors import GradcheckError
from gradcheck.experiments.blindness import blindness_audit
from gradcheck.experiments.bypasses import bypass_audit
from gradcheck.experiments.chance import chance_audit
from gradcheck.experiments.clamps import clamp_audit
from gradcheck.experiments.couplings import coupling_audit
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.loss_form import loss_form
from gradcheck.experiments.precision import precision_audit
from gradcheck.experiments.statistics import statistics_audit
from gradcheck.experiments.targets import target_audit

LOSS_AUDITS = (
    (coupling_audit, "couplings"),
    (target_audit, "binary"),
    (target_audit, "unnormalised"),
    (bypass_audit, "bypassed"),
    (statistics_audit, "running"),
    (clamp_audit, "clamped"),
    (precision_audit, "rounded"),
    (loss_form, "reversed"),
    (loss_form, "ignored"),
    (chance_audit, "random"),
    (blindness_audit, "ignored"),
)
# What is wrong with a loss when these find something: its softmax, its form, a layer it passes by, its statistics,
# its clipping, its precision, its sign, the outputs that it leaves out, noise in it, inputs that it leaves out.


def loss_at_fault(lab: Lab) -> bool:
    """Whether an experiment found the loss or the forward pass to be what is wrong."""
    for audit, key in LOSS_AUDITS:
        try:
            found = lab.once(audit).facts[key]
        except GradcheckError:
            continue
        if any(_spoils(fact) for fact in found):
            return True
    return False


def _spoils(fact: Mapping[str, Any]) -> bool:
    """Whether no gradient can be right: not so with samples mixed by a scaling, or all alike, nor with dropout."""
    return fact.get("kind") not in {"input", "alike"} and fact.get("outputs", True) and not fact.get("mask")
