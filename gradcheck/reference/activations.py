"""Activations: h = f(z), and beside each the pullback dz = dL/dz from dh = dL/dh.

`Elementwise` activations give their slope f'(z), which Nielsen writes sigma'(z); softmax and log-softmax mix
the classes of a sample and give the pullback itself. All are stable for any finite z.

Sources: Nielsen, Neural Networks and Deep Learning, ch. 2 (sigmoid); Goodfellow, Bengio and Courville, Deep
Learning, section 6.3 (ReLU and its relatives).
"""

from __future__ import annotations

import abc
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.arrays import Array


class Activation(abc.ABC):
    """A function h = f(z) without parameters, applied to the last axis of z."""

    __slots__ = ()

    @abc.abstractmethod
    def forward(self, z: Array) -> Array:
        """The output h = f(z), of z's shape and type."""

    @abc.abstractmethod
    def backward(self, z: Array, dh: Array) -> Array:
        """The pullback: dL/dz from dL/dh, of a forward pass at z."""


class Elementwise(Activation):
    """An activation whose entry h_j depends on z_j alone."""

    __slots__ = ()

    @abc.abstractmethod
    def slope(self, z: Array) -> Array:
        """The slope f'(z), entry by entry; at a kink, the value that the class says."""

    def backward(self, z: Array, dh: Array) -> Array:
        """The pullback dz = dh * f'(z)."""
        dz: Array = dh * self.slope(z)
        return dz


@dataclass(frozen=True, slots=True)
class Identity(Elementwise):
    """The linear unit: of regression, and of logits."""

    def forward(self, z: Array) -> Array:
        """f(z) = z."""
        return z.copy()  # h must not alias z: a student who writes into one would change both

    def slope(self, z: Array) -> Array:
        """f'(z) = 1."""
        return np.ones_like(z)


@dataclass(frozen=True, slots=True)
class Tanh(Elementwise):
    """The hyperbolic tangent."""

    def forward(self, z: Array) -> Array:
        """f(z) = tanh z."""
        return np.tanh(z)

    def slope(self, z: Array) -> Array:
        """f'(z) = 1 - tanh(z)^2, which is 1 - h^2."""
        h = np.tanh(z)
        return 1 - h * h


@dataclass(frozen=True, slots=True)
class Sigmoid(Elementwise):
    """The logistic function, Nielsen's sigma.

    Example:
        >>> Sigmoid().forward(np.array([-1000.0, 0.0, 1000.0])).tolist()
        [0.0, 0.5, 1.0]
    """

    def forward(self, z: Array) -> Array:
        """f(z) = 1 / (1 + e^-z)."""
        return sigmoid(z)

    def slope(self, z: Array) -> Array:
        """f'(z) = f(z) (1 - f(z)), which is h (1 - h)."""
        h = sigmoid(z)
        return h * (1 - h)


@dataclass(frozen=True, slots=True)
class ReLU(Elementwise):
    """The rectified linear unit."""

    def forward(self, z: Array) -> Array:
        """f(z) = max(z, 0)."""
        return np.maximum(z, 0)

    def slope(self, z: Array) -> Array:
        """f'(z) = 1 where z > 0, and 0 elsewhere, the kink at 0 included."""
        return (z > 0).astype(z.dtype)


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), with e taken of -|z| only, so that nothing overflows."""
    e = np.exp(-np.abs(z))
    result: Array = np.where(z >= 0, 1, e) / (1 + e)
    return result
