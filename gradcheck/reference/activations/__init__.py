"""Activations h = f(z), each beside its pullback."""

from gradcheck.reference.activations.activation import Activation, Elementwise
from gradcheck.reference.activations.rectifiers import ELU, LeakyReLU, ReLU
from gradcheck.reference.activations.smooth import (
    GELU,
    GELUTanh,
    Identity,
    Sigmoid,
    Softplus,
    Swish,
    Tanh,
    sigmoid,
)
from gradcheck.reference.activations.softmax import LogSoftmax, Softmax

__all__ = [
    "ELU",
    "GELU",
    "Activation",
    "Elementwise",
    "GELUTanh",
    "Identity",
    "LeakyReLU",
    "LogSoftmax",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Swish",
    "Tanh",
    "sigmoid",
]
