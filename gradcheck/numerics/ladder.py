"""The derivative along lines: a ladder of steps finds the scale of f, a stencil at that scale measures.

Every line starts at the same step and looks at seven rungs, five halved and two far below. They tell how noisy f is,
how fast its Taylor series decays (the radius) and whether there is a kink or an edge of the domain. The stencil is then
placed where truncation has just fallen below rounding. All of it runs over many lines at once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics import noise, onesided, stencil
from gradcheck.numerics.parameters import Vector
from gradcheck.numerics.rungs import MICRO, Found, assess
from gradcheck.numerics.samples import EPS, Samples, Slopes, short_binary
from gradcheck.numerics.sharpen import sharpen

FIRST_STEP = 21 / 32  # a short binary fraction, no power of two: periodic functions like to repeat at those
RUNGS = 2.0 ** -np.array([0, 1, 2, 3, 5, 8, 12])
TINY = 2.0**-60  # an x below this says nothing about the scale of f
TO_ZERO = 0.75  # of the way, where x = 0 itself may be an edge of the domain
CLIMB = 2.0  # steps stay below so many times the size of x: what f does further away need not be what it does at x
EXTRA = (
    noise.BESIDE.size + 3
)  # pairs that come with searches: for the noise, two rungs on the scale of x, and a probe
SEARCH_RATIO = 1 / 8
WIDE_GAP = 40.0  # ratio of neighbouring rungs from which the steps between them are worth a look
NOISE_RATIO = 1 / 128
FINE = 1e-8  # relative error that larger steps need not improve
SHARP = 1e-7  # relative error above which kinks, not rounding, are in the way: smaller steps get below them
LOOSE = 1e-3  # relative error above which the scale of f has not been found yet


def climb(
    samples: Samples,
    *,
    pairs: int = stencil.SIZE + len(RUNGS),
    searches: int = 0,
    target: float = 0,
    probe: bool = True,
) -> Slopes:
    """Measure the derivative along every line.

    Args:
        samples: fresh, nothing sampled yet.
        pairs: at most so many pairs of evaluations a line, not counting searches.
        searches: at most so many pairs more where f lives on another scale than the first rungs.
        target: a relative error that is good enough to leave the stencil out.
        probe: whether one pair more may tell a kink at x from one close by.
    """
    with np.errstate(all="ignore"):
        everything = np.arange(len(samples.lines))
        start = _first_steps(samples)
        if searches:
            noise.listen(samples)
        rungs = RUNGS[1 : max(pairs, 2)] if pairs < len(RUNGS) else RUNGS[1:]
        steps = start * rungs[:, None]
        if searches:
            steps = np.concatenate([steps, _micro_steps(samples)[None]])
        samples.add(everything, np.maximum(steps, samples.grain()))
        if searches:
            near, steps = _steps_to_zero(samples)
            if near.size:
                samples.add(near, steps[None])
        found = assess(samples)
        for _ in range(searches):
            lost = np.flatnonzero(_is_lost(samples, found))
            if not lost.size:
                break
            steps = _next_steps(samples, found, lost)
            left = np.isfinite(steps)
            if not left.any():
                break
            samples.add(lost[left], steps[left][None])
            found = assess(samples)
        if searches:
            found = _undo_climbs(samples, found, start)
        slopes, blurred, inner = onesided.settle_kinks(
            samples, *_read(samples, found, pairs, target), probe=probe
        )
        if searches and blurred.size:
            # What looked like a kink is smooth on a scale between the lowest rung and the probe.
            samples.add(blurred, inner * 8.0 ** np.arange(6)[:, None])
            again, _, _ = onesided.settle_kinks(samples, *_read(samples, assess(samples), pairs, target))
            slopes = slopes.put(again.pick(blurred), blurred)
        return onesided.settle_edges(samples, slopes)


def _micro_steps(samples: Samples) -> Vector:
    """Steps so small that a smooth f is a straight line over them, unless its scale is far below that of x."""
    if samples.lines.directions is not None:
        return np.full(len(samples.lines), MICRO / 2)
    near = np.abs(samples.objective.parameters.vector[samples.lines.entries])
    return np.where(near > TINY, np.minimum(near * 2.0**-10, MICRO / 2), MICRO / 2)


def _steps_to_zero(samples: Samples) -> tuple[NDArray[np.intp], Vector]:
    """Lines whose x is small against all other rungs, and steps of its own size: f may live on that scale alone."""
    if samples.lines.directions is not None:
        return np.empty(0, dtype=np.intp), np.empty(0)
    size = np.abs(samples.objective.parameters.vector[samples.lines.entries])
    near = np.flatnonzero((size > TINY) & (size < FIRST_STEP * RUNGS[-1]))
    return near, short_binary(size[near] * TO_ZERO)


def _read(samples: Samples, found: Found, pairs: int, target: float) -> tuple[Slopes, Vector]:
    """The slopes, and their hull: see `tableau.Cell`."""
    slopes = _from_ladder(samples, found)
    if pairs >= stencil.SIZE + len(RUNGS):
        rest = np.flatnonzero(np.isfinite(found.error) & (found.error > target * found.size))
        if rest.size:
            return sharpen(samples, found, slopes, rest)
    return slopes, found.hull


def _first_steps(samples: Samples) -> Vector:
    """The largest step to start from, ``(lines,)``; small enough to stay in the domain of f where x says how small."""
    lines, x = samples.lines, samples.objective.parameters.vector
    start = np.full(len(lines), FIRST_STEP)
    samples.add(np.arange(len(lines)), start[None])
    if lines.directions is None:
        outside = ~np.isfinite(samples.plus[0] + samples.minus[0])
        near = np.abs(x[lines.entries])
        start = np.where(outside & (near > TINY), np.minimum(start, short_binary(near / 3)), start)
    return start


def _is_lost(samples: Samples, found: Found) -> NDArray[np.bool_]:
    """Lines on which the scale of f has not been found, ``(lines,)``."""
    coarse = (found.error > SHARP * found.size) & (found.error > 16 * found.rounding)
    ajar = onesided.unresolved(samples, found.noise) > LOOSE * found.size
    lost = found.unsure | coarse | ajar | (found.error > LOOSE * found.size)
    return np.asarray(lost | (_is_hidden(samples, found) & (found.error > FINE * found.size)))


def _is_hidden(samples: Samples, found: Found) -> NDArray[np.bool_]:
    """Lines on which rounding hides the slope even at the largest steps, so that larger ones would do better."""
    highest = np.nanmax(samples.steps, axis=0)
    allowed = highest < np.maximum(samples.span(), FIRST_STEP) * CLIMB
    hidden = (found.step >= highest / 32) & (found.rounding > found.error / 4)
    return np.asarray(hidden & ~found.unsure & allowed)


def _next_steps(samples: Samples, found: Found, lost: NDArray[np.intp]) -> Vector:
    """Where to look next on lines whose scale is not found, NaN where nothing is left to try.

    Up where rounding hides the slope; else into the widest gap between rungs below the first, and down past the last.
    """
    steps = samples.steps[:, lost]
    highest, lowest = np.nanmax(steps, axis=0), np.nanmin(steps, axis=0)
    gaps = steps[:-1] / steps[1:]
    gaps[~np.isfinite(gaps) | (steps[:-1] > found.reach[lost])] = 0
    widest, line = gaps.argmax(axis=0), np.arange(lost.size)
    filled = np.sqrt(steps[widest, line] * steps[widest + 1, line])
    down = lowest * np.where(found.unsure[lost], NOISE_RATIO, SEARCH_RATIO)
    down = np.where(down >= samples.grain()[lost], down, np.nan)
    inward = np.where(gaps[widest, line] > WIDE_GAP, filled, down)
    return short_binary(np.where(_is_hidden(samples, found)[lost], highest / SEARCH_RATIO, inward))


def _undo_climbs(samples: Samples, found: Found, start: Vector) -> Found:
    """Forget steps above the first ones where they showed no clear slope: what they saw may be another part of f."""
    climbed = (samples.steps > start).any(axis=0)
    vain = climbed & ~(found.error <= LOOSE * np.abs(found.value))
    if not vain.any():
        return found
    return assess(samples, np.where(vain, start, np.inf))


def _from_ladder(samples: Samples, found: Found) -> Slopes:
    known = np.isfinite(found.error)
    return replace(
        Slopes.unknown(len(samples.lines)),
        value=np.where(known, found.value, np.nan),
        bar=np.where(known, found.error + EPS * found.wide, np.inf),
        step=np.where(known, found.step, np.nan),
        noise=found.noise,
        radius=found.radius,
    )
