"""Losses of real targets: squared, absolute and Huber."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.arrays import Array
from gradcheck.reference.losses.loss import Loss, Reduction, real_targets


@dataclass(frozen=True, slots=True)
class SquaredError(Loss):
    """L_n = c sum_k (z_k - y_k)^2 with c = 1/2 if `halved`, else 1; delta = 2 c (z - y).

    The three conventions in use are `SquaredError("mean", halved=True)`, Nielsen's quadratic cost (equation
    6); `SquaredError("elements")`, np.mean((z - y)**2); and `SquaredError("sum", halved=True)`, Bishop's
    (1.2).

    Attributes:
        reduction: see `Reduction`.
        halved: whether the sum is multiplied by 1/2, which cancels the 2 of the derivative.

    Example:
        >>> import numpy as np
        >>> SquaredError(halved=True).delta(np.array([[3.0]]), np.array([1.0]))
        array([[2.]])
    """

    reduction: Reduction | str = Reduction.MEAN
    halved: bool = False

    def encode(self, z: Array, y: NDArray[Any]) -> Array:
        """Real targets, (N, K)."""
        return real_targets(z, y)

    def per_sample(self, z: Array, y: NDArray[Any]) -> Array:
        """L_n = c sum_k (z_k - y_k)^2."""
        error = z - self.encode(z, y)
        loss: Array = (error * error).sum(axis=-1) * (0.5 if self.halved else 1.0)
        return loss

    def delta(self, z: Array, y: NDArray[Any]) -> Array:
        """Delta = 2 c (z - y)."""
        delta: Array = (z - self.encode(z, y)) * (1.0 if self.halved else 2.0)
        return delta


@dataclass(frozen=True, slots=True)
class AbsoluteError(Loss):
    """The absolute error, with a kink where z = y.

    Attributes:
        reduction: see `Reduction`.
    """

    reduction: Reduction | str = Reduction.MEAN

    def encode(self, z: Array, y: NDArray[Any]) -> Array:
        """Real targets, (N, K)."""
        return real_targets(z, y)

    def per_sample(self, z: Array, y: NDArray[Any]) -> Array:
        """L_n = sum_k |z_k - y_k|."""
        loss: Array = np.abs(z - self.encode(z, y)).sum(axis=-1)
        return loss

    def delta(self, z: Array, y: NDArray[Any]) -> Array:
        """Delta = sign(z - y), 0 at the kink."""
        return np.sign(z - self.encode(z, y))


@dataclass(frozen=True, slots=True)
class Huber(Loss):
    """Squared near zero, absolute far from it (Huber 1964), with e = z - y.

    Attributes:
        reduction: see `Reduction`.
        threshold: d, where the parabola becomes a line.
    """

    reduction: Reduction | str = Reduction.MEAN
    threshold: float = 1.0

    def encode(self, z: Array, y: NDArray[Any]) -> Array:
        """Real targets, (N, K)."""
        return real_targets(z, y)

    def per_sample(self, z: Array, y: NDArray[Any]) -> Array:
        """L_n = sum_k e^2 / 2 where |e| <= d, and d (|e| - d / 2) elsewhere."""
        size = np.abs(z - self.encode(z, y))
        d = self.threshold
        loss: Array = np.where(size <= d, size * size / 2, d * (size - d / 2)).sum(axis=-1)
        return loss

    def delta(self, z: Array, y: NDArray[Any]) -> Array:
        """Delta = e where |e| <= d, and d sign(e) elsewhere."""
        return np.clip(z - self.encode(z, y), -self.threshold, self.threshold)
