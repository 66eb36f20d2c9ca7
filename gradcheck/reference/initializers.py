"""Start values of weights, as plain functions of (generator, shape, fan-in, fan-out).

The aim is common to all: keep the variance of h (fan-in) or of delta (fan-out) the same from layer to layer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from gradcheck.reference.arrays import Array

Initializer: TypeAlias = Callable[[np.random.Generator, tuple[int, ...], int, int], Array]
"""Called with a generator, the weights' shape, how many inputs a unit has, how many units an input feeds."""


def zeros(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """All weights 0. Hidden units of one layer then stay alike for ever: the classic way not to start."""
    del rng, fan_in, fan_out
    return np.zeros(shape)


def constant(value: float) -> Initializer:
    """An initialiser that sets all weights to `value`, alike for ever as well.

    Example:
        >>> constant(0.5)(np.random.default_rng(0), (2,), 1, 1)
        array([0.5, 0.5])
    """

    def fill(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
        del rng, fan_in, fan_out
        return np.full(shape, value)

    return fill


def he_normal(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """Normal, variance 2 / fan_in, for ReLU (He et al. 2015, equation 10)."""
    del fan_out
    return rng.normal(0.0, np.sqrt(2 / fan_in), shape)


def he_uniform(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """Uniform of the same variance, 2 / fan_in."""
    del fan_out
    return _uniform(rng, shape, 2 / fan_in)


def glorot_normal(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """Normal, variance 2 / (fan_in + fan_out), for tanh (Glorot and Bengio 2010, equation 12)."""
    return rng.normal(0.0, np.sqrt(2 / (fan_in + fan_out)), shape)


def glorot_uniform(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """Uniform of the same variance (Glorot and Bengio 2010, equation 16); also called Xavier."""
    return _uniform(rng, shape, 2 / (fan_in + fan_out))


def lecun_normal(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """Normal, variance 1 / fan_in (LeCun et al. 1998, Efficient BackProp, equation 16)."""
    del fan_out
    return rng.normal(0.0, np.sqrt(1 / fan_in), shape)


def lecun_uniform(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """Uniform of the same variance, 1 / fan_in."""
    del fan_out
    return _uniform(rng, shape, 1 / fan_in)


def orthogonal(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """Orthonormal rows or columns of the matrix (shape[0], rest), whichever are fewer (Saxe et al. 2013)."""
    del fan_in, fan_out
    rows, columns = shape[0], int(np.prod(shape[1:]))
    q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    # The signs of R's diagonal are LAPACK's choice; fixing them makes Q uniform (Mezzadri 2007).
    q = q * np.sign(np.diagonal(r))
    return np.reshape(q if rows >= columns else q.T, shape)


def _uniform(rng: np.random.Generator, shape: tuple[int, ...], variance: float) -> Array:
    limit = np.sqrt(3 * variance)  # the variance of U(-a, a) is a^2 / 3
    return rng.uniform(-limit, limit, shape)
