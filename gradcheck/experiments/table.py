"""All experiments, in the order in which they are run."""

from __future__ import annotations

from collections.abc import Callable

from gradcheck.experiments.aliasing import alias_audit
from gradcheck.experiments.averages import average_audit
from gradcheck.experiments.batches import batch_audit
from gradcheck.experiments.births import birth_audit
from gradcheck.experiments.blindness import blindness_audit
from gradcheck.experiments.broadcasts import broadcast_audit
from gradcheck.experiments.bypasses import bypass_audit
from gradcheck.experiments.chance import chance_audit
from gradcheck.experiments.clamps import clamp_audit
from gradcheck.experiments.clipping import clipping_audit
from gradcheck.experiments.copies import copy_audit
from gradcheck.experiments.couplings import coupling_audit
from gradcheck.experiments.decays import decay_audit
from gradcheck.experiments.determinism import determinism
from gradcheck.experiments.dominance import dominance_audit
from gradcheck.experiments.draws import draw_audit
from gradcheck.experiments.dropout import dropout_audit
from gradcheck.experiments.dtypes import parameter_dtypes
from gradcheck.experiments.finiteness import finiteness_audit
from gradcheck.experiments.forward import forward_pass
from gradcheck.experiments.implied import implied_loss
from gradcheck.experiments.kinks import kink_audit
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.labels import permute_labels
from gradcheck.experiments.lent import lent_audit
from gradcheck.experiments.linearity import linearity_audit
from gradcheck.experiments.logarithms import logarithm_audit
from gradcheck.experiments.loss_form import loss_form
from gradcheck.experiments.normalising import normalising_audit
from gradcheck.experiments.norms import norm_audit
from gradcheck.experiments.optimisers import optimiser_audit
from gradcheck.experiments.orders import order_audit
from gradcheck.experiments.overwrites import overwrite_audit
from gradcheck.experiments.pairing import pairing_audit
from gradcheck.experiments.penalties import strength_audit
from gradcheck.experiments.penalty import scale_penalty
from gradcheck.experiments.precision import precision_audit
from gradcheck.experiments.predictions import prediction_audit
from gradcheck.experiments.rates import rate_audit
from gradcheck.experiments.reach import influence_map
from gradcheck.experiments.reads import read_audit
from gradcheck.experiments.replays import optimiser_replay
from gradcheck.experiments.reports import report_audit
from gradcheck.experiments.reshapes import reshape_audit
from gradcheck.experiments.residuals import residual_fits
from gradcheck.experiments.schedules import schedule_audit
from gradcheck.experiments.shifts import shift_audit
from gradcheck.experiments.snapshots import snapshot_audit
from gradcheck.experiments.softmaxes import softmax_twice
from gradcheck.experiments.splits import split_audit
from gradcheck.experiments.stability import softmax_audit
from gradcheck.experiments.starts import start_audit
from gradcheck.experiments.statistics import statistics_audit
from gradcheck.experiments.symptoms import symptom_audit
from gradcheck.experiments.targets import target_audit
from gradcheck.experiments.training import update_audit
from gradcheck.experiments.truncation import truncation_audit
from gradcheck.experiments.updates import update_watch
from gradcheck.experiments.variances import variance_audit
from gradcheck.findings import Observation

EXPERIMENTS: tuple[Callable[[Lab], Observation], ...] = (
    determinism,
    residual_fits,
    influence_map,
    permute_labels,
    loss_form,
    scale_penalty,
    alias_audit,
    broadcast_audit,
    softmax_audit,
    optimiser_audit,
    optimiser_replay,
    clipping_audit,
    overwrite_audit,
    dropout_audit,
    forward_pass,
    coupling_audit,
    softmax_twice,
    draw_audit,
    batch_audit,
    bypass_audit,
    chance_audit,
    clamp_audit,
    dominance_audit,
    kink_audit,
    linearity_audit,
    logarithm_audit,
    target_audit,
    normalising_audit,
    precision_audit,
    reshape_audit,
    statistics_audit,
    variance_audit,
    truncation_audit,
    implied_loss,
    read_audit,
)
# On the loss and the gradient.

TRAINER_EXPERIMENTS: tuple[Callable[[Lab], Observation], ...] = (
    parameter_dtypes,
    update_audit,
    snapshot_audit,
    pairing_audit,
    start_audit,
    copy_audit,
    update_watch,
    schedule_audit,
    decay_audit,
    order_audit,
    shift_audit,
    blindness_audit,
    split_audit,
    lent_audit,
    average_audit,
    prediction_audit,
    report_audit,
    norm_audit,
    rate_audit,
    finiteness_audit,
    strength_audit,
    birth_audit,
    symptom_audit,
)
# On the user's own training, which another wiring may drive than the one that exposes the gradient.
