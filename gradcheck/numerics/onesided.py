"""Kinks and edges: where the slopes to the left and to the right of x differ, or only one of them exists."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics import tableau
from gradcheck.numerics.parameters import Vector
from gradcheck.numerics.samples import Samples, Slopes

RESOLUTION = 64  # noises that a jump of slope must move f by before a probe can tell the sides apart
RESEMBLANCE = 1e-4  # of the jump: a slope so close to that of one side belongs to it
STEEPENING = 1.25  # growth of slopes from rung to rung that no finite derivative shows three times in a row


def settle_kinks(samples: Samples, slopes: Slopes) -> tuple[Slopes, NDArray[np.intp], Vector]:
    """Find lines whose one-sided slopes differ, and tell a kink at x from one close by.

    The second difference over the step tends to the jump of the slope, as every smooth part of it vanishes. Where there
    is a jump, f is looked at so close to x that only a kink at x itself can still be between.

    Returns:
        The slopes with kinks settled; the lines that are smooth so close to x, though not on the ladder's scale; and the
        step, one for each of them, at which they are.
    """
    steps, plus, minus = samples.sides(both=True)
    gaps = (plus - 2 * samples.base + minus) / steps
    rounding = 4 * samples.rounding(np.fmax(samples.level(plus, minus), slopes.noise), steps, gaps)
    cell = tableau.limit(steps, gaps, rounding, power=1)
    kinked = np.isfinite(slopes.bar) & (np.abs(cell.value) > cell.error) & np.isfinite(cell.error)
    which = np.flatnonzero(kinked)
    if not which.size:
        return slopes, which, np.empty(0)
    jump, error = cell.value[which], cell.error[which] / 2 + slopes.bar[which]
    left, right = slopes.value[which] - jump / 2, slopes.value[which] + jump / 2
    near_left, near_right, step = _probe(samples, which, jump, slopes.noise[which])
    tolerance = error + 8 * slopes.noise[which] / step + np.abs(jump) * RESEMBLANCE
    value, bar = slopes.value[which], slopes.bar[which]
    smooth = np.fmax(np.abs(near_left - value), np.abs(near_right - value)) <= tolerance - error + bar
    off = [np.abs(near - slope) for near in (near_left, near_right) for slope in (left, right)]
    left_is_left, left_is_right, right_is_left, right_is_right = (part <= tolerance for part in off)
    left_side, right_side = left_is_left & right_is_left, left_is_right & right_is_right
    one_side = left_side | right_side
    kinked = ~one_side & ~smooth
    blurred = kinked & (np.abs(near_right - near_left) <= np.abs(jump) / 2)
    middle = (left + right) / 2
    # Where the slopes so close to x are neither of the two, the bar has to reach them too.
    stray = np.where(
        left_is_left & right_is_right, 0, np.fmax(np.fmin(off[0], off[1]), np.fmin(off[2], off[3]))
    )
    sided = error + np.fmax(np.where(left_side, off[0], off[1]), np.where(left_side, off[2], off[3]))
    value = np.where(smooth, value, np.where(right_side, right, np.where(left_side, left, middle)))
    bar = np.where(smooth, bar, np.where(one_side, sided, error + np.abs(jump) / 2 + stray))
    settled = replace(
        slopes,
        value=_put(slopes.value, which, value),
        bar=_put(slopes.bar, which, bar),
        kink=_put(slopes.kink, which, kinked),
        left=_put(slopes.left, which, np.where(kinked, left, np.nan)),
        right=_put(slopes.right, which, np.where(kinked, right, np.nan)),
    )
    return settled, which[blurred], step[blurred]


def _probe(
    samples: Samples, which: NDArray[np.intp], jump: Vector, noise: Vector
) -> tuple[Vector, Vector, Vector]:
    """Slopes to the left and right of x, and the step, over the smallest step at which the jump stands out from the noise."""
    lowest = np.nanmin(samples.steps[:, which], axis=0)
    step = np.maximum(RESOLUTION * noise / np.abs(jump), np.maximum(lowest / 64, samples.grain()[which]))
    plus, minus = samples.look(which, step[None])
    return (samples.base - minus[0]) / step, (plus[0] - samples.base) / step, step


def settle_edges(samples: Samples, slopes: Slopes) -> Slopes:
    """Give the one-sided slope where f does not exist on the other side of x, or no bar where slopes grow for ever."""
    slopes = _without_vertical(samples, slopes)
    which = np.flatnonzero(~np.isfinite(slopes.bar) & ~slopes.vertical)
    if not which.size:
        return slopes
    steps, plus, minus = samples.sides(both=False)
    present = np.isfinite(plus).sum(axis=0) >= np.isfinite(minus).sum(axis=0)
    sign = np.where(present, 1.0, -1.0)
    quotients = (np.where(present, plus, minus) - samples.base) / steps * sign
    rounding = 2 * np.fmax(samples.level(plus, minus), 0) / steps
    cell = tableau.limit(steps, quotients, rounding, power=1)
    vertical = _grows(steps, quotients, rounding)
    known = which[np.isfinite(cell.error[which]) & ~vertical[which]]
    return replace(
        slopes,
        value=_put(slopes.value, known, cell.value[known]),
        bar=_put(slopes.bar, known, cell.error[known]),
        step=_put(slopes.step, known, steps[cell.row, np.arange(len(samples.lines))][known]),
        one_sided=_put(slopes.one_sided, known, np.ones(known.size, dtype=bool)),
        vertical=slopes.vertical | (vertical & ~np.isfinite(slopes.bar)),
    )


def _without_vertical(samples: Samples, slopes: Slopes) -> Slopes:
    steps, plus, minus = samples.sides(both=True)
    quotients = (plus - minus) / (2 * steps)
    vertical = _grows(steps, quotients, np.fmax(samples.level(plus, minus), slopes.noise) / steps)
    # A derivative that the ladder settled on below where the growth was seen is finite after all.
    vertical &= ~(slopes.bar < np.abs(slopes.value) / 100)
    return replace(
        slopes,
        value=np.where(vertical, np.nan, slopes.value),
        bar=np.where(vertical, np.inf, slopes.bar),
        vertical=slopes.vertical | vertical,
    )


def _grows(steps: Vector, quotients: Vector, rounding: Vector) -> NDArray[np.bool_]:
    """Whether the slopes of the lowest four rungs grow from each to the next, beyond what rounding explains."""
    last = np.isfinite(quotients).sum(axis=0) - 1
    rows = np.maximum(last - np.arange(3, -1, -1)[:, None], 0)
    size = np.abs(np.take_along_axis(quotients, rows, axis=0))
    slack = np.take_along_axis(rounding, rows, axis=0)
    growing = (size[1:] > STEEPENING * size[:-1] + slack[1:] + slack[:-1]).all(axis=0)
    return np.asarray(growing & (last >= 3))


def merge(slopes: Slopes, others: Slopes, which: NDArray[np.intp]) -> Slopes:
    """The slopes, those of some lines replaced by others."""
    parts = {}
    for name in Slopes.__dataclass_fields__:
        parts[name] = _put(getattr(slopes, name), which, getattr(others, name)[which])
    return Slopes(**parts)


def _put(array: NDArray, which: NDArray[np.intp], values: NDArray) -> NDArray:  # type: ignore[type-arg]  # any dtype
    copy = array.copy()
    copy[which] = values
    return copy
