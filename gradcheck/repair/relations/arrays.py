"""Arrays compared: near, a multiple, spanned by a few others, the same rows in another order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NOTHING = 1e-9
CLOSE = 2e-6
# Relative: what differences leave of a measured gradient, and far less than two relations ever have in common.


def numbers(value: Any) -> Array | None:
    """A value as an array of finite floats; None where it is something else, or empty."""
    known = isinstance(value, np.ndarray) or (
        isinstance(value, float | int | np.number | np.bool_) and not isinstance(value, bool)
    )
    if not known or np.asarray(value).dtype.kind not in "fiub" or not np.size(value):
        return None
    array = np.asarray(value, dtype=float)
    return array if bool(np.all(np.isfinite(array))) else None


def broadcasts_to(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    """Whether an array of one shape is stretched to another beside an array of that.

    Example:
        >>> broadcasts_to((3,), (2, 3)), broadcasts_to((2,), (2, 3))
        (True, False)
    """
    try:
        return np.broadcast_shapes(small, large) == large
    except ValueError:
        return False


def near(a: Array, b: Array) -> bool:
    """Whether two arrays of one shape are equal up to rounding, measured by the larger."""
    size = max(float(np.max(np.abs(a))), float(np.max(np.abs(b))))
    return size == 0.0 or float(np.max(np.abs(a - b))) <= CLOSE * size


def multiple(a: Array, b: Array) -> float | None:
    """The k with a = k b, k not 0; None where there is none.

    Example:
        >>> multiple(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
        2.0
    """
    power = float(np.sum(b * b))
    if power == 0.0:
        return None
    k = float(np.sum(a * b)) / power
    return k if abs(k) > CLOSE and near(a, k * b) else None


def spanned(target: Array, columns: Sequence[Array]) -> list[float] | None:
    """Coefficients with which arrays of one shape add up to `target`; None where they do not, or could for any target.

    Example:
        >>> a, b = np.array([1.0, 0.0, 2.0, 1.0]), np.array([0.0, 1.0, 1.0, 3.0])
        >>> [round(c, 9) for c in spanned(2 * a - b, [a, b])]
        [2.0, -1.0]
    """
    if target.size < len(columns) + 2:
        return None
    table = np.stack([column.ravel() for column in columns], axis=1)
    if np.linalg.matrix_rank(table) < len(columns):
        return None
    found = np.linalg.lstsq(table, target.ravel(), rcond=None)[0]
    return [float(c) for c in found] if near(target.ravel(), table @ found) else None


def fitted(array: Array, shape: tuple[int, ...]) -> Array | None:
    """An array in another shape, where only axes of length one come or go; None where that is not so."""
    if array.shape == shape:
        return array
    same = [n for n in array.shape if n != 1] == [n for n in shape if n != 1]
    return array.reshape(shape) if same else None


def reordered(a: Array, b: Array, axis: int) -> bool:
    """Whether two arrays hold the same slices along an axis, and not in the same order."""
    if a.shape != b.shape or not a.ndim or near(a, b):
        return False
    return near(_in_order(a, axis), _in_order(b, axis))


def _in_order(a: Array, axis: int) -> Array:
    rows = np.moveaxis(a, axis, 0).reshape(a.shape[axis], -1)
    return rows[np.lexsort(np.round(rows, 9).T)]


def quotient(a: Array, b: Array) -> Array | None:
    """Entry by entry a / b; None where b is 0 somewhere and a is not, and where b is nowhere clearly not 0.

    Where both are 0 the quotient is 1: any would do.
    """
    small = np.abs(b) <= NOTHING * float(np.max(np.abs(b), initial=0.0))
    if bool(small.all()) or bool(np.any(np.abs(a[small]) > NOTHING * float(np.max(np.abs(a))))):
        return None
    return np.where(small, 1.0, a / np.where(small, 1.0, b))


def flips(a: Array, b: Array) -> list[tuple[int, ...]]:
    """The axes, one or several together, along which one array is the other turned round.

    Example:
        >>> flips(np.array([1.0, 2.0, 4.0]), np.array([4.0, 2.0, 1.0]))
        [(0,)]
    """
    if a.shape != b.shape or near(a, b):
        return []
    long = [axis for axis, n in enumerate(a.shape) if n > 1]
    some = [axes for count in range(1, len(long) + 1) for axes in combinations(long, count)]
    return [axes for axes in some if near(np.flip(a, axes), b)]
