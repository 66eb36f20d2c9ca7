"""Numerics and dtype (GC5xx): overflow, precision, kinks, noise, integer arrays, shapes that broadcast."""

from gradcheck.faults.fault import Fault
from gradcheck.faults.numerics import (
    integer_parameters,
    loss_not_finite,
    nondeterministic_loss,
)

FAULTS: tuple[Fault, ...] = (
    loss_not_finite.FAULT,
    nondeterministic_loss.FAULT,
    integer_parameters.FAULT,
)
