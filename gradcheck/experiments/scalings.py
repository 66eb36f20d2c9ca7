"""Which scale a set of samples was brought to by figures of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST = 6
# Samples that a set must have for its mean and deviation to say anything.
EXACT = 1e-9
# Means of 0 and deviations of 1, or extremes of a range, that are right to so much were made by one's own figures.

STANDARD = "mean 0 and deviation 1"
RANGE = "the same smallest and largest value in every feature"


def own_scale(array: NDArray[Any]) -> str:
    """STANDARD or RANGE where a set of rows can only be on that scale by its own figures; else nothing.

    Example:
        >>> rows = np.random.default_rng(0).normal(size=(20, 3))
        >>> own_scale((rows - rows.mean(axis=0)) / rows.std(axis=0))
        'mean 0 and deviation 1'
        >>> own_scale(rows)
        ''
    """
    if array.ndim != 2 or len(array) < FEWEST or not np.all(np.abs(array) <= len(array)):
        return ""  # no value of a standardised set lies further than sqrt(N) from 0; nan does not compare
    mean, deviation = np.abs(array.mean(axis=0)), np.abs(array.std(axis=0) - 1.0)
    if np.all(mean < EXACT) and np.all(deviation < EXACT):
        return STANDARD
    return RANGE if _has_range(array) else ""


def _has_range(array: NDArray[Any]) -> bool:
    """Whether all columns run from 0 or -1 to 1, each with one sample at either end: one of many is a natural limit."""
    low, high = array.min(axis=0), array.max(axis=0)
    ends = (
        np.ptp(low) < EXACT
        and min(abs(low[0]), abs(low[0] + 1.0)) < EXACT
        and np.all(np.abs(high - 1.0) < EXACT)
    )
    alone = all(np.all((np.abs(array - end) < EXACT).sum(axis=0) == 1) for end in (low, high))
    return bool(ends and alone and array.shape[1] > 1)
