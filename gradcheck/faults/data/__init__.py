"""Data and evaluation (GC7xx): inputs, labels, splits, and the figures a run is judged by."""

from gradcheck.faults.data import (
    accuracy_broadcast,
    argmax_axis,
    input_ignored,
    labels_off_by_one,
    leaked_test_data,
    norm_after_clear,
    penalised_comparison,
    scaled_apart,
    shuffled_apart,
    sorted_classes,
    unequal_batches,
    unscaled_inputs,
)
from gradcheck.faults.fault import Fault

FAULTS: tuple[Fault, ...] = (
    unscaled_inputs.FAULT,
    shuffled_apart.FAULT,
    sorted_classes.FAULT,
    leaked_test_data.FAULT,
    scaled_apart.FAULT,
    labels_off_by_one.FAULT,
    input_ignored.FAULT,
    unequal_batches.FAULT,
    argmax_axis.FAULT,
    accuracy_broadcast.FAULT,
    penalised_comparison.FAULT,
    norm_after_clear.FAULT,
)
