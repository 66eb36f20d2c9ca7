"""Penalty and scale (GC3xx): the penalty's gradient, and gradients that are a multiple of the true one."""

from gradcheck.faults.fault import Fault
from gradcheck.faults.penalty import (
    bias_penalised,
    bias_penalty_missing,
    layer_unpenalised,
    loss_factor,
    mean_twice,
    norm_not_squared,
    penalty_and_decay,
    penalty_doubled,
    penalty_gradient_wrong,
    penalty_half,
    penalty_kind,
    penalty_missing,
    penalty_scale,
    penalty_sign,
    penalty_too_strong,
    stray_factor,
    summed_gradient,
)

FAULTS: tuple[Fault, ...] = (
    penalty_scale.FAULT,
    penalty_missing.FAULT,
    penalty_half.FAULT,
    penalty_sign.FAULT,
    penalty_doubled.FAULT,
    penalty_kind.FAULT,
    bias_penalised.FAULT,
    layer_unpenalised.FAULT,
    norm_not_squared.FAULT,
    penalty_and_decay.FAULT,
    penalty_too_strong.FAULT,
    bias_penalty_missing.FAULT,
    penalty_gradient_wrong.FAULT,
    summed_gradient.FAULT,
    mean_twice.FAULT,
    stray_factor.FAULT,
    loss_factor.FAULT,
)
