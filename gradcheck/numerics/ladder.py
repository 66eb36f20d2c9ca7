"""Central differences on a ladder of halved steps, extrapolated to step zero, vectorised over lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics.objective import Lines, Objective
from gradcheck.numerics.parameters import Vector

EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Slopes:
    """Derivatives along lines, one entry a line.

    Attributes:
        value: the derivative.
        bar: the truth lies within value +- bar; infinite where nothing can be said.
        kink: whether the one-sided slopes differ.
        left: slope from the left.
        right: slope from the right.
        step: the step of the difference it rests on most.
    """

    value: Vector
    bar: Vector
    kink: NDArray[np.bool_]
    left: Vector
    right: Vector
    step: Vector


def climb(
    objective: Objective, lines: Lines, base: float, scale: Vector, noise: float, rungs: int = 16
) -> Slopes:
    """Measure the derivative along every line."""
    count = len(lines)
    everything = np.arange(count)
    steps = 0.5 * scale * 0.5 ** np.arange(rungs)[:, None]
    plus, minus = np.empty((rungs, count)), np.empty((rungs, count))
    for k in range(rungs):
        plus[k] = objective.along(lines, everything, steps[k])
        minus[k] = objective.along(lines, everything, -steps[k])
    with np.errstate(all="ignore"):
        return extrapolate(steps, plus, minus, base, noise)


def extrapolate(steps: Vector, plus: Vector, minus: Vector, base: float, noise: float) -> Slopes:
    """Richardson's tableau; the cell with the smallest error estimate wins."""
    rungs, count = steps.shape
    level = np.maximum(np.abs(plus), np.abs(minus)) * 2 * EPS + noise
    rows = [(plus - minus) / (2 * steps)]
    errors = [level / steps]
    estimates = [np.full((rungs, count), np.inf)]
    for j in range(1, rungs):
        old, old_error, power = rows[-1], errors[-1], 4.0**j
        new, error, estimate = (np.full((rungs, count), np.nan) for _ in range(3))
        new[j:] = old[j:] + (old[j:] - old[j - 1 : -1]) / (power - 1)
        error[j:] = (power * old_error[j:] + old_error[j - 1 : -1]) / (power - 1)
        estimate[j:] = np.maximum(np.abs(new[j:] - old[j:]), np.abs(new[j:] - old[j - 1 : -1])) + error[j:]
        rows.append(new)
        errors.append(error)
        estimates.append(estimate)
    cells = np.stack(estimates).reshape(-1, count)
    cells = np.where(np.isfinite(cells), cells, np.inf)
    best = np.argmin(cells, axis=0)
    columns = np.arange(count)
    value = np.stack(rows).reshape(-1, count)[best, columns]
    bar = cells[best, columns]
    step = steps[best % rungs, columns]
    right, left = (plus - base) / steps, (base - minus) / steps
    gap = np.abs(right - left)
    # A smooth function's gap halves with the step; across a kink at x it stays.
    deep = gap[-6:] - 4 * level[-6:] / steps[-6:]
    kink = np.all((deep > 0) & (gap[-6:] > 0.8 * gap[-7:-1]), axis=0)
    pick = rungs // 2
    left, right = 2 * left[pick] - left[pick - 1], 2 * right[pick] - right[pick - 1]
    return Slopes(np.where(np.isfinite(bar), value, np.nan), bar, kink, left, right, step)
