"""Aliasing and state (GC4xx): arrays that share memory, or are written when they should be read."""

from gradcheck.faults.aliasing import (
    aliased_output,
    best_by_reference,
)
from gradcheck.faults.fault import Fault

FAULTS: tuple[Fault, ...] = (
    aliased_output.FAULT,
    best_by_reference.FAULT,
)
