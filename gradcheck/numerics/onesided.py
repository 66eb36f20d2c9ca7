"""Kinks and edges: where the slopes to the left and to the right of x differ, or only one of them exists."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics import tableau
from gradcheck.numerics.parameters import Vector
from gradcheck.numerics.samples import Samples, Slopes
from gradcheck.numerics.samples import put_values as _put

RESOLUTION = 64  # noises that a jump of slope must move f by before a probe can tell the sides apart
FAINT = 1e-7  # of the slopes around x: a jump below it is not called a kink
SLIGHT = 1e-3  # of the slopes around x: a jump below it, that may be noise, is taken for noise
RESEMBLANCE = 1e-4  # of the jump: a slope so close to that of one side belongs to it
NARROW = 8  # rungs so many times apart, or less, are next to each other
FORWARD_STEP = 21 / 256
SAME_POWER = 0.02  # powers of the step by which slopes grow may differ so much
STEEPENING = 1.25  # growth of slopes from rung to rung that no finite derivative shows three times in a row


def settle_kinks(
    samples: Samples, slopes: Slopes, hull: Vector, *, probe: bool = True
) -> tuple[Slopes, NDArray[np.intp], Vector]:
    """Find lines whose one-sided slopes differ, and tell a kink at x from one close by.

    The second difference over the step tends to the jump of the slope, as every smooth part vanishes. Where
    there is a jump, f is looked at so close to x that only a kink at x itself can still be between.

    Args:
        samples: what the slopes rest on.
        slopes: with bars that hold if f is smooth, or x a kink.
        hull: ``(lines,)``, to be added to the bar of a line where neither is seen to be so.
        probe: whether f may be looked at; if not, every jump counts as a kink at x.

    Returns:
        The slopes with kinks settled; the lines that are smooth so close to x, though not on the ladder's scale; and
        the step, one for each of them, at which they are.
    """
    steps, plus, minus = samples.sides(both=True)
    gaps = (plus - 2 * samples.base + minus) / steps
    rounding = 4 * samples.rounding(np.fmax(samples.level(plus, minus), slopes.noise), steps, gaps)
    seen = 2 * samples.rounding(samples.clear(plus, minus), steps, gaps)
    cell = tableau.limit(steps, gaps, rounding, power=1, seen=seen)
    kinked = np.isfinite(slopes.bar) & (np.abs(cell.value) > cell.error) & np.isfinite(cell.error)
    # A jump that small is as likely rounding as a kink; a bar that holds both slopes is right either way.
    around = np.abs(slopes.value) + np.nanmax(np.abs(gaps), axis=0, initial=0)
    faint = np.abs(cell.value) <= FAINT * around
    # Where noise leaves room for a jump that is not small, the bar does too.
    room = np.abs(cell.value) + cell.error
    allowed = (kinked & faint) | (~kinked & np.isfinite(room) & (cell.rounding > SLIGHT * around))
    slopes = replace(slopes, bar=slopes.bar + np.where(allowed, room / 2, 0))
    ajar = np.where(kinked, 0, unresolved(samples, slopes.noise))
    slopes = replace(slopes, bar=slopes.bar + ajar)
    which = np.flatnonzero(kinked & ~faint)
    bar = slopes.bar + hull
    bar[which] = slopes.bar[which]
    slopes = replace(slopes, bar=bar)
    if not which.size:
        return slopes, which, np.empty(0)
    jump, error = cell.value[which], cell.error[which] / 2 + slopes.bar[which]
    left, right = slopes.value[which] - jump / 2, slopes.value[which] + jump / 2
    near_left, near_right, step = left, right, np.full(which.size, np.inf)
    if probe:
        near_left, near_right, step = _probe(samples, which, jump, slopes.noise[which])
    value, bar = slopes.value[which], slopes.bar[which]
    blur = 8 * slopes.noise[which] / step + np.abs(jump) * RESEMBLANCE
    gap, centre = np.abs(near_right - near_left), (near_left + near_right) / 2
    straight = gap <= np.abs(jump) / 4
    off = np.abs(centre - value)
    agreeing = off <= bar + blur
    smooth = straight & (agreeing | (off <= np.abs(jump) / 8))
    off_left, off_right = np.abs(centre - left), np.abs(centre - right)
    left_side = straight & ~smooth & (off_left <= error + blur)
    right_side = straight & ~smooth & ~left_side & (off_right <= error + blur)
    one_side = left_side | right_side
    kinked = ~one_side & ~smooth
    blurred = kinked & (gap <= np.abs(jump) / 2)
    middle = (left + right) / 2
    # Where the slopes so close to x are neither of the two, the bar has to reach them too.
    stray = np.fmax(np.abs(near_left - left), np.abs(near_right - right))
    stray = np.where(stray <= np.abs(jump) / 4, 0, stray)
    sided = error + np.where(left_side, off_left, off_right)
    value = np.where(smooth, value, np.where(right_side, right, np.where(left_side, left, middle)))
    bar = np.where(
        smooth,
        np.where(agreeing, bar, bar + off) + hull[which],
        np.where(one_side, sided, error + np.abs(jump) / 2 + stray),
    )
    settled = replace(
        slopes,
        value=_put(slopes.value, which, value),
        bar=_put(slopes.bar, which, bar),
        kink=_put(slopes.kink, which, kinked),
        left=_put(slopes.left, which, np.where(kinked, left, np.nan)),
        right=_put(slopes.right, which, np.where(kinked, right, np.nan)),
    )
    return settled, which[blurred], step[blurred]


def unresolved(samples: Samples, noise: Vector) -> Vector:
    """Jump of slope that the lowest rung alone shows, so that it may be a kink or a bend between rungs, ``(lines,)``.

    Where f is smooth down from the rung above, second differences over the step fall with the step; where there is a
    kink on that scale, they stay. Larger ones on the lowest rung are neither: the ladder has yet to see their scale.
    """
    steps, plus, minus = samples.sides(both=True)
    gaps = np.abs(plus - 2 * samples.base + minus) / steps
    line = np.arange(steps.shape[1])
    last = np.maximum(np.isfinite(gaps).sum(axis=0) - 1, 1)
    low, high = gaps[last, line], gaps[last - 1, line]
    # Over a wide gap between rungs they have far to fall: a kink shows there although the rung above saw larger ones.
    fall = np.minimum(1, NARROW * steps[last, line] / steps[last - 1, line])
    rounding = np.fmax(samples.level(plus, minus)[last, line], noise) / steps[last, line]
    return np.where(low > 2 * high * fall + RESOLUTION * rounding, low, 0)


def _probe(
    samples: Samples, which: NDArray[np.intp], jump: Vector, noise: Vector
) -> tuple[Vector, Vector, Vector]:
    """Slopes to both sides of x over the smallest step at which the jump stands out from the noise; and that step."""
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
    vertical = _grows(steps, quotients, samples.level(plus, minus) / steps)
    return replace(
        slopes,
        value=np.where(vertical, np.nan, slopes.value),
        bar=np.where(vertical, np.inf, slopes.bar),
        vertical=slopes.vertical | vertical,
    )


def _grows(steps: Vector, quotients: Vector, rounding: Vector) -> NDArray[np.bool_]:
    """Whether the slopes of the lowest four rungs grow from each to the next, beyond what rounding explains.

    A jump or a vertical tangent makes them grow by one power of the step, with one sign; noise has neither.
    """
    last = np.isfinite(quotients).sum(axis=0) - 1
    rows = np.maximum(last - np.arange(3, -1, -1)[:, None], 0)
    lowest, slack, step = (np.take_along_axis(part, rows, axis=0) for part in (quotients, rounding, steps))
    growth = lowest[1:] / lowest[:-1]
    power = np.log(np.abs(growth)) / np.log(step[:-1] / step[1:])
    clear = np.abs(lowest[1:]) - slack[1:] > STEEPENING * (np.abs(lowest[:-1]) + slack[:-1])
    alike = np.ptp(power, axis=0) <= SAME_POWER
    return np.asarray((clear & (growth > 0)).all(axis=0) & alike & (last >= 3))  # four rungs


def climb(samples: Samples, *, rungs: int) -> Slopes:
    """Slopes towards larger x only, from a ladder of forward differences.

    Args:
        samples: fresh.
        rungs: evaluations a line, at least 2.
    """
    with np.errstate(all="ignore"):
        count = len(samples.lines)
        everything = np.arange(count)
        steps = np.maximum(FORWARD_STEP * 2.0 ** -np.arange(rungs)[:, None], samples.grain())
        values = samples.objective.along(samples.lines, np.broadcast_to(everything, steps.shape), steps)
        quotients = (values - samples.base) / samples.moved(steps)
        cell = tableau.limit(
            steps, quotients, 2 * samples.rounding(samples.level(values), steps, quotients), power=1
        )
        known = np.isfinite(cell.error)
        return replace(
            Slopes.unknown(count),
            value=np.where(known, cell.value, np.nan),
            bar=cell.error,
            step=steps[cell.row, everything],
            noise=samples.level(values).min(axis=0),
        )
