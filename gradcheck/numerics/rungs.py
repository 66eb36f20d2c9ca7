"""What a ladder of rungs says of f along lines: the derivative, how noisy f is, and the scale on which it bends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics import tableau
from gradcheck.numerics.parameters import Vector
from gradcheck.numerics.samples import LOUD, Samples

MICRO = 2.0**-28  # two steps below it show noise, or structure of f finer than anything likely
GRAINY = 1e-9  # of the values of f: the least change of it below that is taken for a step of its rounding
BLURRED = 2.0**-20  # rounding that a single step below it shows is not known to a few bits


@dataclass(frozen=True, slots=True)
class Found:
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
    hull: Vector  # to be added to the error where f is not smooth down there, and x is not on a kink itself
    steps: Vector  # (rungs, lines), those that f could not be evaluated at come last
    quotients: Vector  # (rungs, lines), NaN where not usable
    seen: Vector  # (rungs, lines), what a quotient may be off by before it contradicts others
    jumps: (
        Vector  # (rungs, lines), the jump of slope that seems to lie within each step, 0 where f looks smooth
    )

    @property
    def rungs(self) -> tuple[Vector, Vector, Vector, Vector]:
        """Of every rung its step, quotient, jump, and the rounding beyond which it contradicts."""
        return self.steps, self.quotients, self.jumps, self.seen


def assess(samples: Samples, largest: Vector | None = None) -> Found:
    """Read the derivative, the noise and the scale off the rungs, those above `largest` left out."""
    steps, plus, minus = samples.sides(both=True, largest=largest)
    everything = np.arange(len(samples.lines))
    quotients = samples.quotients(everything, steps, plus, minus)
    level = samples.level(plus, minus)
    # What is small enough to be rounding may be the slope, and what is too large for it may be rounding.
    seen = samples.rounding(samples.clear(plus, minus), steps, quotients)
    # Down there only structure of f is left to see, or noise, and one rung does not tell how much of it.
    level = np.where(steps <= BLURRED, LOUD, 1) * level
    level = np.where(*_unmoved(samples, plus, minus, level), level)
    rounding = samples.rounding(level, steps, quotients)
    bends = np.abs(plus - 2 * samples.base + minus) / steps
    jumps = _jumps(steps, bends, seen)
    plain = tableau.limit(steps, quotients, rounding, power=2, jumps=jumps, seen=seen)
    scatter, proven = _scatter(samples, steps, quotients, plain.top)
    loud = scatter > LOUD * np.nanmin(level, axis=0)
    # Few samples of a noise: its true size may be three times what they show.
    scatter = np.where(loud & proven, 3 * scatter, scatter)
    noise = np.fmax(level, scatter)
    cell = plain
    if np.any(noise > level):
        rounding = samples.rounding(noise, steps, quotients)
        seen = np.fmax(seen, samples.rounding(scatter, steps, quotients))
        jumps = _jumps(steps, bends, seen)
        cell = tableau.limit(steps, quotients, rounding, power=2, jumps=jumps, seen=seen)
    alike = np.abs(quotients - cell.value) <= np.fmax(np.abs(cell.value) / 2, cell.error + noise / steps)
    reach = np.minimum(np.argmax(alike, axis=0), cell.row)
    if np.any(reach > cell.top):
        # Beyond the radius of the series a rung teaches nothing, and the correction no longer bounds the error.
        near = np.where(np.arange(len(steps))[:, None] >= reach, quotients, np.nan)
        cell = tableau.limit(steps, near, rounding, power=2, jumps=jumps, seen=seen)
    # Two rungs that differ are noise, or structure of f on their own scale: until more rungs tell, allow for both.
    unsure = loud & ~proven
    last = np.maximum(np.isfinite(quotients).sum(axis=0) - 1, 0), everything
    error = np.where(
        unsure, cell.error + np.abs(cell.value - quotients[last]) + level[last] / steps[last], cell.error
    )
    swing = np.fmax(np.abs(plus - samples.base), np.abs(minus - samples.base)) / steps
    return Found(
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
        hull=cell.hull,
        steps=steps,
        quotients=quotients,
        seen=seen,
        jumps=jumps,
    )


def _jumps(steps: Vector, bends: Vector, seen: Vector) -> Vector:
    """The jump of slope within each rung's step, ``(rungs, lines)``; 0 where f bends no more than a smooth one does.

    The second difference over the step falls with the step where f is smooth, and stays where a kink lies within it. A
    fall by the root of the ratio of steps lies between the two. What rounding may hide of the jump is added.
    """
    jumps = np.zeros_like(bends)
    for row in range(1, len(steps)):
        smooth = np.nan_to_num(bends[:row] * np.sqrt(steps[row] / steps[:row]), nan=0.0).max(axis=0)
        # A second difference holds four values of f, a quotient two: twice the rounding.
        jumps[row] = np.where(bends[row] > smooth + 2 * seen[row], bends[row] + 2 * seen[row], 0)
    return jumps


def _unmoved(
    samples: Samples, plus: Vector, minus: Vector, level: Vector
) -> tuple[NDArray[np.bool_], Vector]:
    """Rungs that f does not move over, and the rounding to expect there, of terms that cancel to what f is at x.

    The least that f moves by elsewhere, if that is little, is a step of its rounding.
    """
    size = np.fmax(np.abs(plus), np.abs(minus)).max(axis=0, initial=0, where=np.isfinite(plus + minus))
    _, right, left = samples.sides(both=True)
    moves = np.fmax(np.abs(right - samples.base), np.abs(left - samples.base))
    least = np.min(moves, axis=0, where=moves > 0, initial=np.inf)
    # The edge of a plateau is to one side of x; where f moves to both sides as a line does, stairs hide it.
    line = (moves > 0) & (np.abs(right - 2 * samples.base + left) < moves)
    stair = np.min(moves, axis=0, where=line, initial=np.inf)
    grain = np.fmax(np.where(least <= GRAINY * size, least, 0), np.where(line.any(axis=0), stair, 0))
    unmoved = (plus == samples.base) & (minus == samples.base)
    return unmoved, np.fmax(level, np.fmax(samples.level(size), grain))


def _scatter(
    samples: Samples, steps: Vector, quotients: Vector, top: NDArray[np.intp]
) -> tuple[Vector, NDArray[np.bool_]]:
    """Noise of f seen between the lowest rungs, beyond what curvature explains, and whether three of them show it."""
    line = np.arange(steps.shape[1])
    jumps = np.abs(np.diff(quotients, axis=0))
    curves = jumps / steps[:-1] ** 2
    row = np.arange(len(jumps))[:, None]
    last = np.maximum(np.isfinite(quotients).sum(axis=0) - 1, 1)
    inner = (row >= top) & (row < last - 1)
    bend = curves.max(axis=0, initial=0, where=inner & np.isfinite(curves))
    unexplained = np.nan_to_num(np.maximum(jumps - 4 * bend * steps[:-1] ** 2, 0) * steps[1:], nan=0.0)
    scatter = np.maximum(unexplained[last - 1, line], unexplained[np.maximum(last - 2, 0), line])
    # Noise moves f by the same amount at every step; curvature moves it less and less, step by step.
    moved = np.nan_to_num(jumps * steps[1:], nan=0.0)
    recent = np.stack([moved[np.maximum(last - k, 0), line] for k in (1, 2, 3)])
    proven = (recent[0] * 30 > recent[1]) & (recent[1] * 30 > recent[2]) & (recent[1] * 100 > recent[0])
    scatter = np.where(proven, recent.max(axis=0), scatter)
    proven &= scatter <= samples.most
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
