"""Tanh and the sigmoid at many points near a cached one, by one matrix product and one division.

Both are h = low + (high - low) / (1 + e^{-k z}). At a point z + w d, with w for each unit and d for each
copy,

    e^{-k (z + w d)} = e^{-k z} e^{-k w d} = e^{-k z} sum_m (-k w)^m / m! d^m

and for |k w d| up to `REACH` five terms give e^{-k w d} to the last digit. Units times powers, times powers
times copies: for each sample that is a product of two thin matrices. It costs a third of calling tanh, which
is what evaluating every perturbed parameter of a wide network spends its time on.
"""

from __future__ import annotations

import numpy as np

from gradcheck.reference.activations import Activation, Sigmoid, Tanh
from gradcheck.reference.arrays import Array

REACH = 1e-3
"""The sixth term is at most REACH^5 / 5!, which is 8e-18."""

_TERMS = 5
_RANGES: dict[type[Activation], tuple[float, float, float]] = {
    Tanh: (2.0, -1.0, 1.0),
    Sigmoid: (1.0, 0.0, 1.0),
}


def weighted(f: Activation, z: Array, w: Array, d: Array, W: Array) -> Array | None:
    """W f(z + w d) for every copy, or None where f is of another kind or a shift is out of reach.

    Args:
        f: the activation.
        z: the cached points, (units, N).
        w: how far a unit moves for d = 1, (units,).
        d: the shifts, (copies, N).
        W: the weights that f's output is multiplied by, (outputs, units).

    Returns:
        (outputs, copies, N)

    Example:
        >>> z, w, d, W = np.ones((1, 1)), np.ones(1), np.array([[1e-5]]), np.full((1, 1), 2.0)
        >>> bool(abs(weighted(Tanh(), z, w, d, W)[0, 0, 0] - 2 * np.tanh(1 + 1e-5)) < 1e-15)
        True
    """
    if type(f) not in _RANGES:
        return None
    k, low, high = _RANGES[type(f)]
    if k * np.abs(w).max() * np.abs(d).max() > REACH:
        return None
    e = np.exp(np.minimum(-k * z, 700))  # e^700 is still a number, and 1 / (1 + e^700) already nothing
    # Contiguous, sample by sample: otherwise numpy does not hand the products to BLAS.
    series = np.ascontiguousarray(e.T)[:, :, None] * _powers(-k * w, divided=True).T  # (N, units, terms)
    series[:, :, 0] += 1
    shifts = np.ascontiguousarray(_powers(d, divided=False).transpose(2, 0, 1))  # (N, terms, copies)
    denominator = np.ascontiguousarray(series) @ shifts  # 1 + e^{-k (z + w d)}: (N, units, copies)
    fraction = np.divide(1.0, denominator, out=denominator)
    product = ((high - low) * W) @ fraction  # (N, outputs, copies)
    product += low * W.sum(axis=1)[:, None]
    return np.ascontiguousarray(product.transpose(1, 2, 0))


def _powers(a: Array, *, divided: bool) -> Array:
    """a^m, over m! where `divided`, for m = 0 ... along a new first axis."""
    powers = np.ones((_TERMS, *a.shape))
    for m in range(1, _TERMS):
        np.multiply(powers[m - 1], a / m if divided else a, out=powers[m])
    return powers
