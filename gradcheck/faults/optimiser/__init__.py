"""Optimiser and update (GC8xx): what is done with a gradient that is right."""

from gradcheck.faults.fault import Fault
from gradcheck.faults.optimiser import (
    zero_learning_rate,
)

FAULTS: tuple[Fault, ...] = (zero_learning_rate.FAULT,)
