"""Controlled experiments on a subject, one a file; each leaves an Observation."""

from __future__ import annotations

from collections.abc import Callable

from gradcheck.experiments.aliasing import alias_audit
from gradcheck.experiments.determinism import determinism
from gradcheck.experiments.forward import forward_pass
from gradcheck.experiments.lab import Lab, check_gradients, open_lab
from gradcheck.experiments.labels import permute_labels
from gradcheck.experiments.penalty import scale_penalty
from gradcheck.experiments.residuals import residual_fits
from gradcheck.experiments.snapshots import snapshot_audit
from gradcheck.experiments.training import one_update, train_copy
from gradcheck.findings import Observation

EXPERIMENTS: tuple[Callable[[Lab], Observation], ...] = (
    determinism,
    residual_fits,
    permute_labels,
    scale_penalty,
    alias_audit,
    snapshot_audit,
    forward_pass,
    one_update,
)

__all__ = ["EXPERIMENTS", "Lab", "check_gradients", "open_lab", "train_copy"]
