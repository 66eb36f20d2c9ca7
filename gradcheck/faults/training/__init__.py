"""Training and initialisation (GC6xx): what a trained network shows, and starts that lead there."""

from gradcheck.faults.fault import Fault
from gradcheck.faults.training import (
    constant_initialisation,
    dead_hidden_layer,
    exploding_gradient,
    initialisation_too_large,
    initialisation_too_small,
    one_sided_initialisation,
    oscillating_loss,
    reused_seed,
    saturated_units,
    stuck_loss,
    symmetric_units,
    uniform_outputs,
    vanishing_gradient,
    zero_initialisation,
)

FAULTS: tuple[Fault, ...] = (
    uniform_outputs.FAULT,
    dead_hidden_layer.FAULT,
    saturated_units.FAULT,
    vanishing_gradient.FAULT,
    exploding_gradient.FAULT,
    symmetric_units.FAULT,
    stuck_loss.FAULT,
    oscillating_loss.FAULT,
    zero_initialisation.FAULT,
    constant_initialisation.FAULT,
    initialisation_too_large.FAULT,
    initialisation_too_small.FAULT,
    one_sided_initialisation.FAULT,
    reused_seed.FAULT,
)
