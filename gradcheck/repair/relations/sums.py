"""Relations of a bias's gradient, which is the sum of the delta over the samples."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.repair.relations.arrays import Array, fitted, multiple, near
from gradcheck.repair.relations.ground import Ground


def by_sum(old: Array, new: Array, ground: Ground) -> str:
    """What a bias's gradient was summed from, or over, where it should be the sum of the delta over the samples.

    "one-number": everything was summed; "unsummed": nothing was; "wrong-axis": the units were; "some-samples": some
    samples were left out; "other-array": another array was summed.
    """
    if old.size > 1 and np.ptp(old) == 0.0 and np.ptp(new) > 0.0:
        return "one-number"
    if old.size == 1 and new.size > 1:
        return "one-number"
    for delta, axis, k in _sums(new, ground):
        found = _by_delta(old, delta * k, axis)
        if found:
            return found
    if any(multiple(old, total) is not None for total in _totals(old.shape, ground)):
        return "other-array"
    return ""


def _by_delta(old: Array, delta: Array, axis: int) -> str:
    if old.size == delta.size and multiple(old.ravel(), delta.ravel()) is not None:
        return "unsummed"
    rows = delta if axis == 0 else delta.T
    for name, totals in (
        ("wrong-axis", [rows.sum(axis=1)]),
        ("some-samples", [some.sum(axis=0) for some in (rows[1:], rows[:-1], rows[:1], rows[-1:])]),
    ):
        fits = (fitted(total, old.shape) for total in totals)
        if any(fit is not None and near(old, fit) for fit in fits):
            return name
    return ""


def _sums(new: Array, ground: Ground) -> Iterator[tuple[Array, int, float]]:
    """Matrices whose sum over an axis is a multiple of the right gradient, and that multiple."""
    for delta in ground.backward:
        for axis in range(2 if delta.ndim == 2 else 0):
            total = fitted(delta.sum(axis=axis), new.shape)
            k = multiple(new, total) if total is not None else None
            if k is not None:
                yield delta, axis, k


def _totals(shape: tuple[int, ...], ground: Ground) -> Iterator[Array]:
    for array in (*ground.backward, *ground.forward):
        for total in (array, *(array.sum(axis=axis) for axis in range(array.ndim))):
            fit = fitted(np.asarray(total), shape)
            if fit is not None:
                yield fit
