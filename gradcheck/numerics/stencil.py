"""A central stencil of eight Chebyshev nodes: the derivative at step zero from differences at positive steps.

The symmetric difference quotient D(h) = (f(x+h) - f(x-h)) / 2h of a smooth f is a polynomial in u = h^2 up to
truncation, and D(0) is the derivative. Interpolating it at Chebyshev nodes keeps the sum of weights over steps, and so
the rounding error, about a third of what Richardson's halved steps cost at the same truncation.

Source: Fornberg, "Generation of finite difference formulas on arbitrarily spaced grids", Math. Comp. 51 (1988);
Berrut and Trefethen, "Barycentric Lagrange interpolation", SIAM Review 46 (2004).
"""

from __future__ import annotations

import numpy as np

from gradcheck.numerics.parameters import Vector

SIZE = 8
"""Pairs of evaluations; truncation is of order 2 * SIZE."""

# Rounded to eight bits, so that x + node * step is exact for a step that is a short binary fraction.
NODES = np.round(np.cos((2 * np.arange(1, SIZE + 1) - 1) * np.pi / (4 * SIZE)) * 256) / 256
_U = NODES**2
_GAPS = _U[:, None] - _U[None, :] + np.eye(SIZE)
_BARYCENTRIC = 1 / _GAPS.prod(axis=1)
_WEIGHTS = (_U[None, :] / -_GAPS + np.eye(SIZE) * (1 + _U)).prod(axis=1)
NODE_PRODUCT = float(_U.prod())
"""Truncation is this times step^(2 * SIZE) times the divided difference of D of order SIZE."""

AMPLIFICATION = float(np.sqrt(((_WEIGHTS / NODES) ** 2).sum()))
"""Root of the summed squares of weight over node: an error e in every f becomes e * this / step in the derivative."""


def at_zero(quotients: Vector) -> Vector:
    """The derivative from the quotients ``(SIZE, lines)`` at ``step * NODES``, shape ``(lines,)``."""
    # Summing differences from one of them loses nothing when the quotients are nearly equal.
    return np.asarray(quotients[-1] + _WEIGHTS @ (quotients - quotients[-1]))


def residual(quotients: Vector, u: Vector, observed: Vector) -> tuple[Vector, Vector]:
    """How far a quotient at another step lies from the interpolating polynomial.

    Args:
        quotients: ``(SIZE, lines)``.
        u: ``(lines,)``, the square of the other step in units of the stencil's step.
        observed: ``(lines,)``, the quotient there.

    Returns:
        The absolute difference, and what adding that quotient as a ninth node would change at step zero, which
        estimates the truncation error; both ``(lines,)``.
    """
    gaps = u[None, :] - _U[:, None]
    terms = _BARYCENTRIC[:, None] / np.where(gaps == 0, 1e-9, gaps)
    predicted = quotients[-1] + (terms * (quotients - quotients[-1])).sum(axis=0) / terms.sum(axis=0)
    off = np.abs(observed - predicted)
    return off, off * NODE_PRODUCT / np.maximum(np.abs(gaps.prod(axis=0)), 1e-300)


ARITHMETIC = float(4 * np.finfo(np.float64).eps * np.abs(_WEIGHTS).sum())
"""Rounding of the weighted sum itself, in units of the largest quotient."""
