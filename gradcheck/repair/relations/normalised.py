"""Normalisations known by their values: which array of a forward pass is which other one, centred and scaled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.repair.relations.arrays import Array, broadcasts_to, near, numbers
from gradcheck.repair.relations.factors import is_uncentred

CENTRED = 1e-9
SCALED = 0.05
# How far from 1 the mean square may be: what is added to a variance, so that it can be divided by, takes from it.
PROJECTED = 0.02
# How much of x_hat the true gradient may hold, of what one holds that lacks the path through the deviation.
MOST = 6


@dataclass(frozen=True, slots=True, eq=False)
class Normalised:
    """A normalisation at work: x_hat = (x - mean) / deviation over an axis.

    Attributes:
        x: what is normalised.
        x_hat: what it becomes.
        axis: over which mean and deviation are taken.
    """

    x: Array
    x_hat: Array
    axis: int

    @property
    def mean(self) -> str:
        """How a mean over the axis is asked for, so that it broadcasts."""
        return "axis=0" if self.axis == 0 else f"axis={self.axis}, keepdims=True"

    @property
    def deviation(self) -> Array:
        """What the centred array was divided by."""
        centred = self.x - self.x.mean(axis=self.axis, keepdims=True)
        power = np.sum(self.x_hat * self.x_hat, axis=self.axis, keepdims=True)
        found: Array = np.sum(centred * self.x_hat, axis=self.axis, keepdims=True) / power
        return found

    def is_x_hat(self, value: Any) -> bool:
        """Whether a value is the normalised array."""
        array = numbers(value)
        return array is not None and array.shape == self.x_hat.shape and near(array, self.x_hat)

    def is_deviation(self, value: Any) -> bool:
        """Whether a value is the deviation."""
        return self._is(value, self.deviation)

    def is_inverse(self, value: Any) -> bool:
        """Whether a value is one over the deviation."""
        return self._is(value, 1.0 / self.deviation)

    def _is(self, value: Any, wanted: Array) -> bool:
        array = numbers(value)
        if array is None or array.size != wanted.size or not broadcasts_to(array.shape, self.x.shape):
            return False
        return near(np.broadcast_to(array, self.x.shape), np.broadcast_to(wanted, self.x.shape))


def normalisations(arrays: Iterable[Any]) -> list[Normalised]:
    """The normalisations among the arrays of a forward pass, a few at most."""
    known = [array for array in map(numbers, arrays) if array is not None and array.ndim > 1]
    found: list[Normalised] = []
    for x_hat, axis in _normalised(known):
        x = next((x for x in known if x.shape == x_hat.shape and _normalises(x, x_hat, axis)), None)
        if x is not None and not any(
            one.axis == axis and near(one.x_hat, x_hat) for one in found if one.x_hat.shape == x_hat.shape
        ):
            found.append(Normalised(x, x_hat, axis))
        if len(found) == MOST:
            break
    return found


def is_normalised(array: Array, axis: int) -> bool:
    """Whether an array has mean 0 and about unit mean square over an axis."""
    if array.shape[axis] < 3:
        return False
    mean, square = array.mean(axis=axis), np.mean(array * array, axis=axis)
    return bool(np.max(np.abs(mean)) < CENTRED and np.max(np.abs(square - 1.0)) < SCALED)


def _normalised(known: list[Array]) -> Iterator[tuple[Array, int]]:
    for array in known:
        for axis in range(array.ndim):
            if is_normalised(array, axis):
                yield array, axis


def _normalises(x: Array, x_hat: Array, axis: int) -> bool:
    """Whether one array, centred, is a positive multiple of another for each unit, and not that array itself."""
    if near(x, x_hat) or not np.max(np.abs(x.mean(axis=axis))) > CENTRED:
        return False
    centred = x - x.mean(axis=axis, keepdims=True)
    scale = np.sum(centred * x_hat, axis=axis, keepdims=True) / np.sum(
        x_hat * x_hat, axis=axis, keepdims=True
    )
    return bool(np.all(scale > 0.0)) and near(centred, scale * x_hat)


def by_normalised(old: Array, new: Array, arrays: Iterable[Array]) -> str:
    """Whether a delta lacks a path through what a normalisation over some axis is computed from.

    "uncentred": the one through the mean, where the wrong one has a mean and the right one has none. "unprojected": the
    one through the deviation, where it has x_hat in it, and the right one has none but for what is added to the
    variance.
    """
    for x_hat in arrays:
        if x_hat.shape != new.shape or x_hat.ndim < 2:
            continue
        for axis in (axis for axis in range(x_hat.ndim) if is_normalised(x_hat, axis)):
            if is_uncentred(old, new, axis):
                return "uncentred"
            left, had = (float(np.max(np.abs(np.mean(delta * x_hat, axis=axis)))) for delta in (new, old))
            if left < PROJECTED * had:
                return "unprojected"
    return ""
