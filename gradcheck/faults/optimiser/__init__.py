"""Optimiser and update (GC8xx): what is done with a gradient that is right."""

from gradcheck.faults.fault import Fault
from gradcheck.faults.optimiser import (
    adam_bias_correction,
    elementwise_clipping,
    epsilon_inside_root,
    gradient_ascent,
    gradients_not_cleared,
    rate_too_high,
    rate_too_low,
    schedule_stuck,
    sequential_update,
    shared_state,
    state_reset,
    step_count_per_tensor,
    unregistered_parameter,
    update_discarded,
    update_replaces,
    velocity_overwritten,
    zero_learning_rate,
)

FAULTS: tuple[Fault, ...] = (
    gradient_ascent.FAULT,
    zero_learning_rate.FAULT,
    gradients_not_cleared.FAULT,
    sequential_update.FAULT,
    unregistered_parameter.FAULT,
    update_replaces.FAULT,
    rate_too_high.FAULT,
    rate_too_low.FAULT,
    update_discarded.FAULT,
    velocity_overwritten.FAULT,
    shared_state.FAULT,
    adam_bias_correction.FAULT,
    step_count_per_tensor.FAULT,
    state_reset.FAULT,
    epsilon_inside_root.FAULT,
    elementwise_clipping.FAULT,
    schedule_stuck.FAULT,
)
