"""Training and initialisation (GC6xx): what a trained network shows, and starts that lead there."""

from gradcheck.faults.fault import Fault
from gradcheck.faults.training import (
    dead_hidden_layer,
    saturated_units,
    uniform_outputs,
    zero_initialisation,
)

FAULTS: tuple[Fault, ...] = (
    uniform_outputs.FAULT,
    dead_hidden_layer.FAULT,
    saturated_units.FAULT,
    zero_initialisation.FAULT,
)
