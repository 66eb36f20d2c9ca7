"""Losses of real targets: squared, absolute and Huber."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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

    def per_sample(self, z: Array, y: NDArray[Any]) -> Array:
        """L_n = c sum_k (z_k - y_k)^2."""
        error = z - real_targets(z, y)
        loss: Array = (error * error).sum(axis=-1) * (0.5 if self.halved else 1.0)
        return loss

    def delta(self, z: Array, y: NDArray[Any]) -> Array:
        """Delta = 2 c (z - y)."""
        delta: Array = (z - real_targets(z, y)) * (1.0 if self.halved else 2.0)
        return delta
