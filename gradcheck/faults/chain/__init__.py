"""The chain rule (GC2xx): deltas of hidden layers, gradients of weights and of biases."""

from gradcheck.faults.chain import (
    bias_gradient_mean,
    bias_gradient_missing,
    bias_unsummed,
    derivative_twice,
    missing_hidden_derivative,
    transposed_weight_gradient,
    weights_not_transposed,
    wrong_layer_cache,
)
from gradcheck.faults.fault import Fault

FAULTS: tuple[Fault, ...] = (
    missing_hidden_derivative.FAULT,
    derivative_twice.FAULT,
    wrong_layer_cache.FAULT,
    weights_not_transposed.FAULT,
    transposed_weight_gradient.FAULT,
    bias_gradient_missing.FAULT,
    bias_gradient_mean.FAULT,
    bias_unsummed.FAULT,
)
