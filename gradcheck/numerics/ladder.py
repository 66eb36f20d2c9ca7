"""The derivative along lines: a ladder of steps finds the scale of f, a stencil at that scale measures.

Every line starts at the same step and looks at seven rungs, five halved and two far below. They tell how noisy f is,
how fast its Taylor series decays (the radius) and whether there is a kink or an edge of the domain. The stencil is then
placed where truncation has just fallen below rounding. All of it runs over many lines at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics import onesided, stencil, tableau
from gradcheck.numerics.parameters import Vector
from gradcheck.numerics.samples import EPS, Samples, Slopes, short_binary

FIRST_STEP = (
    21 / 32
)  # a short binary fraction, and no power of two: periodic functions like to repeat at those
RUNGS = 2.0 ** -np.array([0, 1, 2, 3, 5, 8, 12])
TINY = 2.0**-60  # an x below this says nothing about the scale of f
TO_ZERO = 0.75  # of the way, where x = 0 itself may be an edge of the domain
CLIMB = 2.0  # steps stay below so many times the size of x: what f does further away need not be what it does at x
SEARCH_RATIO = 1 / 8
WIDE_GAP = 40.0  # ratio of neighbouring rungs from which the steps between them are worth a look
NOISE_RATIO = 1 / 128
LOUD = 16  # a scatter of so many rounding errors is more than sums of a few terms leave
MICRO = 2.0**-28  # two steps below it show noise, or structure of f finer than anything likely
BLURRED = 2.0**-20  # rounding that a single step below it shows is not known to a few bits
FINE = 1e-8  # relative error that larger steps need not improve
SHARP = (
    1e-7  # relative error above which kinks, not rounding, are in the way, and smaller steps get below them
)
LOOSE = 1e-3  # relative error above which the scale of f has not been found yet
CLOSE = (1 / 16, 2.0)  # squared steps, in units of the stencil's, at which a rung tests its truncation
FURTHER = 8.0
"""How much further off at step zero than at a rung inside the stencil f may be from the polynomial. For x |x|, the
commonest f that is no polynomial, it is 2 to 4 times, from u = 1/16 down to 1/80; noise may hide a half of what the
rung shows."""
ROUGH = 8.0  # the same where it is off by more than rounding explains, so that f is known to be no polynomial
TRUNCATION_SHARE = 0.01  # of rounding: aim low, the sixteenth power makes the price of caution small


def climb(
    samples: Samples, *, pairs: int = stencil.SIZE + len(RUNGS), searches: int = 0, target: float = 0
) -> Slopes:
    """Measure the derivative along every line.

    Args:
        samples: fresh, nothing sampled yet.
        pairs: at most so many pairs of evaluations a line, not counting searches.
        searches: at most so many pairs more where f lives on another scale than the first rungs.
        target: a relative error that is good enough to leave the stencil out.
    """
    with np.errstate(all="ignore"):
        everything = np.arange(len(samples.lines))
        start = _first_steps(samples)
        rungs = RUNGS[1 : max(pairs, 2)] if pairs < len(RUNGS) else RUNGS[1:]
        steps = start * rungs[:, None]
        if searches:
            steps = np.concatenate([steps, _micro_steps(samples)[None]])
        samples.add(everything, np.maximum(steps, samples.grain()))
        if searches:
            near, steps = _steps_to_zero(samples)
            if near.size:
                samples.add(near, steps[None])
        found = _assess(samples)
        for _ in range(searches):
            lost = np.flatnonzero(_is_lost(samples, found))
            if not lost.size:
                break
            steps = _next_steps(samples, found, lost)
            left = np.isfinite(steps)
            if not left.any():
                break
            samples.add(lost[left], steps[left][None])
            found = _assess(samples)
        if searches:
            found = _undo_climbs(samples, found, start)
        slopes = _read(samples, found, pairs, target)
        slopes, blurred, inner = onesided.settle_kinks(samples, slopes)
        if searches and blurred.size:
            # What looked like a kink is smooth on a scale between the lowest rung and the probe.
            samples.add(blurred, inner * 8.0 ** np.arange(6)[:, None])
            again = _read(samples, _assess(samples), pairs, target)
            again, _, _ = onesided.settle_kinks(samples, again)
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


def _read(samples: Samples, found: _Found, pairs: int, target: float) -> Slopes:
    slopes = _from_ladder(samples, found)
    if pairs >= stencil.SIZE + len(RUNGS):
        rest = np.flatnonzero(np.isfinite(found.error) & (found.error > target * found.size))
        if rest.size:
            slopes = _sharpen(samples, found, slopes, rest)
    return slopes


@dataclass(frozen=True, slots=True)
class _Found:
    """What the rungs say, arrays ``(lines,)``: see `tableau.Cell`; size is that of f's slopes around x."""

    value: Vector
    error: Vector
    rounding: Vector
    noise: Vector
    size: Vector
    wide: Vector  # the same at the reach
    radius: Vector
    reach: Vector  # the largest step at which the quotient still resembles the derivative
    step: Vector
    unsure: NDArray[np.bool_]  # whether what looks like noise could be structure of f
    steps: Vector  # (rungs, lines), those that f could not be evaluated at come last
    quotients: Vector  # (rungs, lines), NaN where not usable


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


def _assess(samples: Samples, largest: Vector | None = None) -> _Found:
    """Read the derivative, the noise and the scale off the rungs, those above `largest` left out."""
    steps, plus, minus = samples.sides(both=True, largest=largest)
    everything = np.arange(len(samples.lines))
    quotients = samples.quotients(everything, steps, plus, minus)
    level = samples.level(plus, minus)
    # Down there only structure of f is left to see, or noise, and one rung does not tell how much of it.
    level = np.where(steps <= BLURRED, LOUD, 1) * level
    # A step that f does not move over may be lost in the rounding of terms that cancel to what f is at x.
    largest_value = np.fmax(np.abs(plus), np.abs(minus)).max(
        axis=0, initial=0, where=np.isfinite(plus + minus)
    )
    unmoved = (plus == samples.base) & (minus == samples.base)
    level = np.where(unmoved, np.fmax(level, samples.level(largest_value)), level)
    plain = tableau.limit(steps, quotients, samples.rounding(level, steps, quotients), power=2)
    scatter, proven = _scatter(steps, quotients, plain.top)
    loud = scatter > LOUD * np.nanmin(level, axis=0)
    # Few samples of a noise: its true size may be three times what they show.
    scatter = np.where(loud & proven, 3 * scatter, scatter)
    noise = np.fmax(level, scatter)
    cell = (
        tableau.limit(steps, quotients, samples.rounding(noise, steps, quotients), power=2)
        if np.any(noise > level)
        else plain
    )
    alike = np.abs(quotients - cell.value) <= np.fmax(np.abs(cell.value) / 2, cell.error + noise / steps)
    reach = np.minimum(np.argmax(alike, axis=0), cell.row)
    if np.any(reach > cell.top):
        # Beyond the radius of the series a rung teaches nothing, and the correction no longer bounds the error.
        near = np.where(np.arange(len(steps))[:, None] >= reach, quotients, np.nan)
        cell = tableau.limit(steps, near, samples.rounding(noise, steps, near), power=2)
    # Two rungs that differ are noise, or structure of f on their own scale: until more rungs tell, allow for both.
    unsure = loud & ~proven
    last = np.maximum(np.isfinite(quotients).sum(axis=0) - 1, 0), everything
    error = np.where(
        unsure, cell.error + np.abs(cell.value - quotients[last]) + level[last] / steps[last], cell.error
    )
    swing = np.fmax(np.abs(plus - samples.base), np.abs(minus - samples.base)) / steps
    return _Found(
        value=cell.value,
        error=error,
        rounding=cell.rounding,
        noise=np.fmax(np.nanmin(level, axis=0), np.where(unsure, 0, scatter)),
        size=np.nan_to_num(np.abs(cell.value) + swing[cell.row, everything], nan=0.0),
        wide=np.nan_to_num(np.abs(cell.value) + swing[reach, everything], nan=0.0),
        radius=_radius(steps, quotients, np.where(unsure, level, noise), reach),
        reach=steps[reach, everything],
        step=steps[cell.row, everything],
        unsure=unsure,
        steps=steps,
        quotients=quotients,
    )


def _scatter(steps: Vector, quotients: Vector, top: NDArray[np.intp]) -> tuple[Vector, NDArray[np.bool_]]:
    """Noise of f seen between the lowest rungs, beyond what curvature explains, and whether three of them show it."""
    line = np.arange(steps.shape[1])
    jumps = np.abs(np.diff(quotients, axis=0))
    bends = jumps / steps[:-1] ** 2
    row = np.arange(len(jumps))[:, None]
    last = np.maximum(np.isfinite(quotients).sum(axis=0) - 1, 1)
    inner = (row >= top) & (row < last - 1)
    bend = bends.max(axis=0, initial=0, where=inner & np.isfinite(bends))
    unexplained = np.nan_to_num(np.maximum(jumps - 4 * bend * steps[:-1] ** 2, 0) * steps[1:], nan=0.0)
    scatter = np.maximum(unexplained[last - 1, line], unexplained[np.maximum(last - 2, 0), line])
    # Noise moves f by the same amount at every step; curvature moves it less and less, step by step.
    moved = np.nan_to_num(jumps * steps[1:], nan=0.0)
    recent = np.stack([moved[np.maximum(last - k, 0), line] for k in (1, 2, 3)])
    proven = (recent[0] * 30 > recent[1]) & (recent[1] * 30 > recent[2]) & (recent[1] * 100 > recent[0])
    scatter = np.where(proven, recent.max(axis=0), scatter)
    return scatter, proven & (steps[np.maximum(last - 1, 0), line] < MICRO)


def _radius(steps: Vector, quotients: Vector, noise: Vector, start: NDArray[np.intp]) -> Vector:
    """The scale on which the quotients' series in step^2 decays, by a root test on divided differences, ``(lines,)``.

    Five rungs from row `start` on are looked at.
    """
    rows = np.minimum(start + np.arange(5)[:, None], len(steps) - 1)
    u = np.take_along_axis(steps, rows, axis=0) ** 2
    differences = np.take_along_axis(quotients, rows, axis=0)
    size = np.nanmax(np.abs(differences), axis=0, initial=0)
    growth = np.zeros(len(size))
    for order in range(1, 5):
        differences = differences[1:] - differences[:-1]
        if order == 1:  # what rounding explains tells nothing about the scale
            blur = np.take_along_axis(noise / steps, rows, axis=0)
            differences = np.where(np.abs(differences) <= 8 * (blur[1:] + blur[:-1]), 0, differences)
        differences = differences / (u[order:] - u[:-order])
        growth = np.fmax(
            growth, np.where(np.isfinite(differences[0]), np.abs(differences[0] / size) ** (1 / order), 0)
        )
    return 1 / np.sqrt(np.maximum(growth, 1e-200))


def _is_lost(samples: Samples, found: _Found) -> NDArray[np.bool_]:
    """Lines on which the scale of f has not been found, ``(lines,)``."""
    coarse = (found.error > SHARP * found.size) & (found.error > 16 * found.rounding)
    ajar = onesided.unresolved(samples, found.noise) > LOOSE * found.size
    lost = found.unsure | coarse | ajar | (found.error > LOOSE * found.size)
    return np.asarray(lost | (_is_hidden(samples, found) & (found.error > FINE * found.size)))


def _is_hidden(samples: Samples, found: _Found) -> NDArray[np.bool_]:
    """Lines on which rounding hides the slope even at the largest steps, so that larger ones would do better."""
    highest = np.nanmax(samples.steps, axis=0)
    allowed = highest < np.maximum(samples.span(), FIRST_STEP) * CLIMB
    hidden = (found.step >= highest / 32) & (found.rounding > found.error / 4)
    return np.asarray(hidden & ~found.unsure & allowed)


def _next_steps(samples: Samples, found: _Found, lost: NDArray[np.intp]) -> Vector:
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


def _largest_below(rungs: Vector, step: Vector) -> Vector:
    """The next smaller rung of each line, 0 where there is none."""
    return np.asarray(np.max(np.where(rungs < step, rungs, 0), axis=0, initial=0, where=np.isfinite(rungs)))


def _undo_climbs(samples: Samples, found: _Found, start: Vector) -> _Found:
    """Forget steps above the first ones where they showed no clear slope: what they saw may be another part of f."""
    climbed = (samples.steps > start).any(axis=0)
    vain = climbed & ~(found.error <= LOOSE * np.abs(found.value))
    if not vain.any():
        return found
    return _assess(samples, np.where(vain, start, np.inf))


def _from_ladder(samples: Samples, found: _Found) -> Slopes:
    known = np.isfinite(found.error)
    return replace(
        Slopes.unknown(len(samples.lines)),
        value=np.where(known, found.value, np.nan),
        bar=np.where(known, found.error + EPS * found.wide, np.inf),
        step=np.where(known, found.step, np.nan),
        noise=found.noise,
        radius=found.radius,
    )


def _sharpen(samples: Samples, found: _Found, slopes: Slopes, rest: NDArray[np.intp]) -> Slopes:
    """Measure some lines with the stencil, and keep it where its own bar is the smaller one."""
    step = _stencil_steps(found, rest)
    steps = step * stencil.NODES[:, None]
    plus, minus = samples.look(rest, steps)
    quotients = samples.quotients(rest, steps, plus, minus)
    value = stencil.at_zero(quotients)
    floor = samples.eps * np.maximum(np.abs(plus).max(axis=0), np.abs(samples.base)) + samples.floor
    floor = np.maximum(floor + samples.inexact()[rest] * np.abs(value), found.noise[rest])
    truncation, scatter, inside = np.zeros(rest.size), np.zeros(rest.size), np.zeros(rest.size, dtype=bool)
    for rung_step, observed in zip(found.steps[:, rest], found.quotients[:, rest], strict=True):
        u = (rung_step / step) ** 2
        off, change = stencil.residual(quotients, u, observed)
        truncation = np.fmax(truncation, np.where((u > CLOSE[0]) & (u < CLOSE[1]), change, 0))
        scatter = np.fmax(scatter, np.where(u < 1, off * rung_step, 0))
        # Inside the stencil f must be the polynomial too: the largest rung there says how far it is off.
        first = (u < CLOSE[0]) & ~inside
        rough = (u < 1) & (off > 8 * floor / rung_step)
        truncation = np.fmax(truncation, np.where(rough, ROUGH * off, np.where(first, FURTHER * off, 0)))
        inside |= first
    noise = np.maximum(3 * scatter, 2 * floor)
    arithmetic = stencil.ARITHMETIC * np.abs(quotients).max(axis=0) + EPS * found.wide[rest]
    bar = truncation + arithmetic + noise * stencil.AMPLIFICATION / step / np.sqrt(2)
    old_value, old_bar = slopes.value[rest], slopes.bar[rest]
    better = (bar < old_bar) & inside
    # Two estimates whose bars do not meet: one of them is fooled, and neither is known to be right.
    apart = np.abs(value - old_value)
    bar = np.where(apart > bar + old_bar, apart + np.maximum(bar, old_bar), np.where(better, bar, old_bar))
    result = {name: getattr(slopes, name).copy() for name in ("value", "bar", "step", "noise")}
    result["value"][rest] = np.where(better, value, old_value)
    result["bar"][rest] = bar
    result["step"][rest] = np.where(better, step, slopes.step[rest])
    result["noise"][rest] = np.where(better, np.maximum(scatter, floor), slopes.noise[rest])
    return replace(slopes, **result)


def _stencil_steps(found: _Found, rest: NDArray[np.intp]) -> Vector:
    """The step at which the stencil's truncation is a small share of its rounding, ``(len(rest),)``."""
    radius, noise, reach = found.radius[rest], found.noise[rest], found.reach[rest]
    slope = np.maximum(found.size[rest], 1e-300)
    step = radius * 0.2
    for _ in range(3):
        relative = np.maximum(noise * stencil.AMPLIFICATION / (step * slope), 1e-18)
        step = radius * (TRUNCATION_SHARE * relative / stencil.NODE_PRODUCT) ** (1 / (2 * stencil.SIZE))
    return short_binary(_beside_a_rung(np.clip(step, reach / 64, reach * 2), found.steps[:, rest]))


def _beside_a_rung(step: Vector, rungs: Vector) -> Vector:
    """The step, or the next smaller one that has a rung close enough to test the stencil's truncation."""
    beside = np.any((rungs**2 > CLOSE[0] * step**2) & (rungs**2 < CLOSE[1] * step**2), axis=0)
    below = _largest_below(rungs, step)
    return np.where(beside | (below == 0), step, below * 3.5)
