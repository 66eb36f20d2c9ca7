"""Hinge losses: margins instead of probabilities.

Sources: Cortes and Vapnik 1995 (binary); Weston and Watkins 1999 (multi-class).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.reference.arrays import Array
from gradcheck.reference.losses.loss import Loss, Reduction, class_targets, real_targets


@dataclass(frozen=True, slots=True)
class Hinge(Loss):
    """The binary hinge: targets are -1 and +1, and an output may be wrong or nearly wrong.

    Attributes:
        reduction: see `Reduction`.
        margin: how far on the right side an output must be.

    Example:
        >>> Hinge().per_sample(np.array([[0.25]]), np.array([1]))
        array([0.75])
    """

    reduction: Reduction | str = Reduction.MEAN
    margin: float = 1.0

    def encode(self, z: Array, y: NDArray[Any]) -> Array:
        """Targets -1 and +1, (N, K).

        Raises:
            InputError: other targets.
        """
        t = real_targets(z, y)
        if not np.all(np.abs(t) == 1):
            raise InputError(
                "expected targets -1 and +1 for the hinge", hint="use 2 * y - 1 for targets 0 and 1"
            )
        return t

    def per_sample(self, z: Array, y: NDArray[Any]) -> Array:
        """L_n = sum_k max(0, margin - y_k z_k)."""
        loss: Array = np.maximum(self.margin - self.encode(z, y) * z, 0).sum(axis=-1)
        return loss

    def delta(self, z: Array, y: NDArray[Any]) -> Array:
        """Delta = -y where y z < margin, and 0 elsewhere, the kink included."""
        t = self.encode(z, y)
        delta: Array = np.where(t * z < self.margin, -t, 0)
        return delta


@dataclass(frozen=True, slots=True)
class MulticlassHinge(Loss):
    """The sum over the wrong classes k of how far z_k comes within the margin of the right class's z_y.

    Attributes:
        reduction: see `Reduction`.
        margin: by how much the right class must win.

    Example:
        >>> MulticlassHinge().delta(np.array([[0.0, 0.5, -3.0]]), np.array([0]))
        array([[-1.,  1.,  0.]])
    """

    reduction: Reduction | str = Reduction.MEAN
    margin: float = 1.0

    def encode(self, z: Array, y: NDArray[Any]) -> Array:
        """Integers as one-hot rows; rows as they are."""
        return class_targets(z, y)

    def per_sample(self, z: Array, y: NDArray[Any]) -> Array:
        """L_n = sum_{k != y} max(0, margin + z_k - z_y)."""
        loss: Array = np.maximum(self._violations(z, self.encode(z, y)), 0).sum(axis=-1)
        return loss

    def delta(self, z: Array, y: NDArray[Any]) -> Array:
        """Delta_k = 1 for each wrong class within the margin, and delta_y = minus their number."""
        t = self.encode(z, y)
        inside = (self._violations(z, t) > 0).astype(z.dtype)
        delta: Array = inside - t * inside.sum(axis=-1, keepdims=True)
        return delta

    def _violations(self, z: Array, t: Array) -> Array:
        """Margin + z_k - z_y for the wrong classes, and 0 for the right one."""
        right = (t * z).sum(axis=-1, keepdims=True)
        violations: Array = (self.margin + z - right) * (1 - t)
        return violations
