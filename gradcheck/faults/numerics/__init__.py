"""Numerics and dtype (GC5xx): overflow, precision, kinks, noise, integer arrays, shapes that broadcast."""

from gradcheck.faults.fault import Fault
from gradcheck.faults.numerics import (
    broadcast_loss,
    check_at_kink,
    clipped_probabilities,
    degenerate_point,
    exp_overflow,
    integer_parameters,
    log_of_zero,
    loss_not_finite,
    nondeterministic_loss,
    single_precision,
    softmax_shift,
    truncated_delta,
)

FAULTS: tuple[Fault, ...] = (
    loss_not_finite.FAULT,
    exp_overflow.FAULT,
    log_of_zero.FAULT,
    clipped_probabilities.FAULT,
    single_precision.FAULT,
    check_at_kink.FAULT,
    nondeterministic_loss.FAULT,
    degenerate_point.FAULT,
    softmax_shift.FAULT,
    broadcast_loss.FAULT,
    truncated_delta.FAULT,
    integer_parameters.FAULT,
)
