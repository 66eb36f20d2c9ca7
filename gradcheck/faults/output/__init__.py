"""Output and loss (GC1xx): the forward pass, the loss, and the delta of the output layer."""

from gradcheck.faults.fault import Fault
from gradcheck.faults.output import (
    extra_output_derivative,
    label_ignored,
    missing_output_derivative,
    output_delta_sign,
)

FAULTS: tuple[Fault, ...] = (
    label_ignored.FAULT,
    output_delta_sign.FAULT,
    extra_output_derivative.FAULT,
    missing_output_derivative.FAULT,
)
