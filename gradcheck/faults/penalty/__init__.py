"""Penalty and scale (GC3xx): the penalty's gradient, and gradients that are a multiple of the true one."""

from gradcheck.faults.fault import Fault
from gradcheck.faults.penalty import (
    bias_penalised,
    penalty_missing,
    penalty_scale,
    penalty_sign,
    summed_gradient,
)

FAULTS: tuple[Fault, ...] = (
    penalty_scale.FAULT,
    penalty_missing.FAULT,
    penalty_sign.FAULT,
    bias_penalised.FAULT,
    summed_gradient.FAULT,
)
