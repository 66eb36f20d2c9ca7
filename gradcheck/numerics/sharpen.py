"""The stencil at the scale that the rungs found, tested against the rungs beside and inside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics import stencil
from gradcheck.numerics.parameters import Vector
from gradcheck.numerics.rungs import Found
from gradcheck.numerics.samples import EPS, Samples, Slopes, put_values, short_binary

CLOSE = (1 / 16, 2.0)  # squared steps, in units of the stencil's, at which a rung tests its truncation
CORNER = stencil.at_zero(stencil.NODES[:, None])[0]  # where the stencil puts the slope of x |x| at 0
FURTHER = (8.0, 64.0)
"""Bounds of how much further off at step zero than at a rung inside the stencil f may be from the polynomial."""
ROUGH = 8.0  # the same where it is off by more than rounding explains, so that f is known to be no polynomial
SEEN, UNSEEN = 3.25, 2.25
"""Noises to allow for: of those that rungs show, and of those that rounding leaves unseen. At 3 and 2 a bar was
exceeded by 3 % for one of 30,000 random functions."""
TRUNCATION_SHARE = 0.01  # of rounding: aim low, the sixteenth power makes the price of caution small


def sharpen(samples: Samples, found: Found, slopes: Slopes, rest: NDArray[np.intp]) -> tuple[Slopes, Vector]:
    """Measure some lines with the stencil, and keep it where its own bar is the smaller one.

    Returns:
        The slopes of all lines, and their hull: see `tableau.Cell`.
    """
    step = _stencil_steps(found, rest)
    steps = step * stencil.NODES[:, None]
    plus, minus = samples.look(rest, steps)
    quotients = samples.quotients(rest, steps, plus, minus)
    value = stencil.at_zero(quotients)
    floor = samples.eps * np.maximum(np.abs(plus).max(axis=0), np.abs(samples.base)) + samples.floor_of(rest)
    floor = np.maximum(floor + samples.inexact()[rest] * np.abs(quotients).max(axis=0), found.noise[rest])
    truncation, scatter, hull = np.zeros((3, rest.size))
    inside = np.zeros(rest.size, dtype=bool)
    for rung_step, observed, jump, seen in zip(*(part[:, rest] for part in found.rungs), strict=True):
        u = (rung_step / step) ** 2
        off, change = stencil.residual(quotients, u, observed)
        truncation = np.fmax(truncation, np.where((u > CLOSE[0]) & (u < CLOSE[1]), change, 0))
        scatter = np.fmax(scatter, np.where(u < 1, off * rung_step, 0))
        # Inside the stencil f must be the polynomial too: the largest rung there says how far it is off.
        further = _further(u)
        first = (u < CLOSE[0]) & ~inside & (further < FURTHER[1])
        rough = (u < 1) & (off > seen + stencil.AMPLIFICATION * floor / step)
        truncation = np.fmax(truncation, np.where(rough, ROUGH * off, np.where(first, further * off, 0)))
        inside |= first
        hull = np.fmax(hull, np.where((u < 1) & (jump > 0), np.abs(observed - value) + jump / 2, 0))
    noise = np.maximum(SEEN * scatter, UNSEEN * floor)
    arithmetic = stencil.ARITHMETIC * np.abs(quotients).max(axis=0) + EPS * found.wide[rest]
    bar = truncation + arithmetic + noise * stencil.AMPLIFICATION / step / np.sqrt(2)
    old_value, old_bar, old_hull = slopes.value[rest], slopes.bar[rest], found.hull[rest]
    # A stencil over which f does not move has seen no more than the rungs.
    better = (bar + hull < old_bar + old_hull) & inside & np.any(quotients != 0, axis=0)
    # Two estimates whose bars do not meet: one of them is fooled, and neither is known to be right.
    apart = np.abs(value - old_value)
    bar = np.where(apart > bar + old_bar, apart + np.maximum(bar, old_bar), np.where(better, bar, old_bar))
    result = {name: getattr(slopes, name).copy() for name in ("value", "bar", "step", "noise")}
    result["value"][rest] = np.where(better, value, old_value)
    result["bar"][rest] = bar
    result["step"][rest] = np.where(better, step, slopes.step[rest])
    result["noise"][rest] = np.where(better, np.maximum(scatter, floor), slopes.noise[rest])
    return replace(slopes, **result), put_values(found.hull, rest, np.where(better, hull, old_hull))


def _further(u: Vector) -> Vector:
    """How much further off f may be at step zero than at a rung inside the stencil, where it is no polynomial.

    Taken from x |x|, the commonest such f, whose quotient is the step: near a node a rung shows little of it. Doubled,
    as noise may hide a half of what the rung shows.
    """
    corner = np.broadcast_to(stencil.NODES[:, None], (stencil.SIZE, u.size))
    off, _ = stencil.residual(corner, u, np.sqrt(u))
    return np.asarray(np.clip(2 * CORNER / off, *FURTHER))


def _stencil_steps(found: Found, rest: NDArray[np.intp]) -> Vector:
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


def _largest_below(rungs: Vector, step: Vector) -> Vector:
    """The next smaller rung of each line, 0 where there is none."""
    return np.asarray(np.max(np.where(rungs < step, rungs, 0), axis=0, initial=0, where=np.isfinite(rungs)))
