"""Smooth activations: identity, tanh, sigmoid, softplus, swish, GELU.

Each gives its slope f'(z), which Nielsen writes sigma'(z), beside f(z). All are stable for any finite z.

Sources: Nielsen, Neural Networks and Deep Learning, ch. 2 (sigmoid); Dugas et al. 2001 (softplus);
Ramachandran, Zoph and Le 2017 (swish); Hendrycks and Gimpel 2016 (GELU).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.activations.activation import Elementwise
from gradcheck.reference.arrays import Array


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
class Softplus(Elementwise):
    """A smooth ReLU."""

    def forward(self, z: Array) -> Array:
        """f(z) = log(1 + e^z) = max(z, 0) + log(1 + e^-|z|)."""
        h: Array = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
        return h

    def slope(self, z: Array) -> Array:
        """f'(z) = sigmoid(z)."""
        return sigmoid(z)


@dataclass(frozen=True, slots=True)
class Swish(Elementwise):
    """The self-gated unit, also called SiLU."""

    def forward(self, z: Array) -> Array:
        """f(z) = z sigmoid(z)."""
        return z * sigmoid(z)

    def slope(self, z: Array) -> Array:
        """f'(z) = s + z s (1 - s), with s = sigmoid(z)."""
        s = sigmoid(z)
        return s + z * s * (1 - s)


@dataclass(frozen=True, slots=True)
class GELU(Elementwise):
    """The Gaussian error linear unit, exact."""

    def forward(self, z: Array) -> Array:
        """f(z) = z Phi(z), with Phi(z) = (1 + erf(z / sqrt 2)) / 2."""
        return z * _normal_cdf(z)

    def slope(self, z: Array) -> Array:
        """f'(z) = Phi(z) + z phi(z), with phi the density of the normal distribution."""
        phi = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        slope: Array = _normal_cdf(z) + z * phi
        return slope


@dataclass(frozen=True, slots=True)
class GELUTanh(Elementwise):
    """The Gaussian error linear unit in its tanh approximation."""

    def forward(self, z: Array) -> Array:
        """f(z) = z (1 + tanh u) / 2, with u = sqrt(2 / pi) (z + 0.044715 z^3)."""
        h: Array = z * (1 + np.tanh(self._inner(z))) / 2
        return h

    def slope(self, z: Array) -> Array:
        """f'(z) = (1 + tanh u) / 2 + z (1 - tanh(u)^2) u' / 2, with u' = sqrt(2 / pi) (1 + 0.134145 z^2)."""
        t = np.tanh(self._inner(z))
        du = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z * z)
        slope: Array = (1 + t) / 2 + z * (1 - t * t) * du / 2
        return slope

    def _inner(self, z: Array) -> Array:
        u: Array = math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)
        return u


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), with e taken of -|z| only, so that nothing overflows."""
    e = np.exp(-np.abs(z))
    result: Array = np.where(z >= 0, 1, e) / (1 + e)
    return result


def _normal_cdf(z: Array) -> Array:
    """Phi(z), by erfc, which keeps its digits in the lower tail where 1 + erf cancels."""
    erfc = np.vectorize(math.erfc, otypes=[z.dtype])  # numpy has no erf; this is a loop in Python
    half: Array = erfc(-z / math.sqrt(2)) / 2
    return half
