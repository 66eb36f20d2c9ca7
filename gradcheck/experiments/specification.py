"""Whether the loss itself is at fault: measured against such a loss, a gradient cannot be told right from wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.errors import GradcheckError
from gradcheck.experiments.blindness import blindness_audit
from gradcheck.experiments.broadcasts import broadcast_audit
from gradcheck.experiments.bypasses import bypass_audit
from gradcheck.experiments.chance import chance_audit
from gradcheck.experiments.clamps import clamp_audit
from gradcheck.experiments.couplings import coupling_audit
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.loss_form import loss_form
from gradcheck.experiments.normalising import normalising_audit
from gradcheck.experiments.precision import precision_audit
from gradcheck.experiments.statistics import statistics_audit
from gradcheck.experiments.targets import target_audit
from gradcheck.experiments.variances import variance_audit
from gradcheck.findings import Observation

Fact = Mapping[str, Any]


def _always(_fact: Fact) -> bool:
    return True


LOSS_AUDITS: tuple[tuple[Callable[[Lab], Observation], str, Callable[[Fact], bool]], ...] = (
    (
        coupling_audit,
        "couplings",
        lambda fact: fact["kind"] != "input",
    ),  # samples mixed by a scaling are fed so
    (broadcast_audit, "crossed", lambda fact: fact["loss"]),
    (target_audit, "binary", _always),
    (target_audit, "unnormalised", _always),
    (normalising_audit, "logarithms", _always),
    (bypass_audit, "bypassed", _always),
    (statistics_audit, "running", _always),
    (variance_audit, "fewer", _always),
    (clamp_audit, "clamped", _always),
    (precision_audit, "rounded", _always),
    (loss_form, "reversed", _always),
    (loss_form, "ignored", _always),
    (chance_audit, "random", lambda fact: fact["outputs"] and not fact["mask"]),  # dropout is meant
    (blindness_audit, "ignored", lambda fact: fact["kind"] != "alike"),  # which is a fault of the data
)
# What is wrong with a loss when these find something: its softmax, its form, a layer it passes by, its statistics, its
# variances, its clipping, its precision, its sign, the outputs that it leaves out, noise in it, inputs that it leaves
# out.


def loss_at_fault(lab: Lab) -> bool:
    """Whether an experiment found the loss or the forward pass to be what is wrong."""
    for audit, key, spoils in LOSS_AUDITS:
        try:
            found = lab.once(audit).facts[key]
        except GradcheckError:
            continue
        if any(map(spoils, found)):
            return True
    return False
