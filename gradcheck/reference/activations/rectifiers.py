"""Rectifiers: ReLU, leaky ReLU and ELU, with a kink at 0 (ELU: a kink unless alpha = 1).

Sources: Nair and Hinton 2010 (ReLU); Maas, Hannun and Ng 2013 (leaky ReLU); Clevert, Unterthiner and
Hochreiter 2015 (ELU).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcheck.reference.activations.activation import Elementwise
from gradcheck.reference.arrays import Array


@dataclass(frozen=True, slots=True)
class ReLU(Elementwise):
    """The rectified linear unit."""

    def forward(self, z: Array) -> Array:
        """f(z) = max(z, 0)."""
        return np.maximum(z, 0)

    def slope(self, z: Array) -> Array:
        """f'(z) = 1 where z > 0, and 0 elsewhere, the kink at 0 included."""
        return (z > 0).astype(z.dtype)


@dataclass(frozen=True, slots=True)
class LeakyReLU(Elementwise):
    """The rectifier that lets a little through.

    Attributes:
        leak: slope of the negative side.
    """

    leak: float = 0.01

    def forward(self, z: Array) -> Array:
        """f(z) = z where z > 0, and leak z elsewhere."""
        return np.where(z > 0, z, self.leak * z)

    def slope(self, z: Array) -> Array:
        """f'(z) = 1 where z > 0, and leak elsewhere, the kink at 0 included."""
        return np.where(z > 0, 1, self.leak).astype(z.dtype)


@dataclass(frozen=True, slots=True)
class ELU(Elementwise):
    """The exponential linear unit.

    Attributes:
        alpha: the negative side tends to -alpha.
    """

    alpha: float = 1.0

    def forward(self, z: Array) -> Array:
        """f(z) = z where z > 0, and alpha (e^z - 1) elsewhere."""
        return np.where(z > 0, z, self.alpha * np.expm1(np.minimum(z, 0)))

    def slope(self, z: Array) -> Array:
        """f'(z) = 1 where z > 0, and alpha e^z elsewhere."""
        return np.where(z > 0, 1, self.alpha * np.exp(np.minimum(z, 0))).astype(z.dtype)
