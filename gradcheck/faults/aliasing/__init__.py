"""Aliasing and state (GC4xx): arrays that share memory, or are written when they should be read."""

from gradcheck.faults.aliasing import (
    aliased_output,
    best_by_reference,
    gradient_aliases_parameter,
    input_overwritten,
    preactivation_overwritten,
    rebound_locally,
    shallow_copy,
)
from gradcheck.faults.fault import Fault

FAULTS: tuple[Fault, ...] = (
    aliased_output.FAULT,
    best_by_reference.FAULT,
    preactivation_overwritten.FAULT,
    input_overwritten.FAULT,
    gradient_aliases_parameter.FAULT,
    rebound_locally.FAULT,
    shallow_copy.FAULT,
)
