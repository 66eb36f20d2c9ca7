"""How noisy f is: the scatter of its values around a smooth curve, by a table of differences.

Source: More and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011).
"""

from __future__ import annotations

from math import factorial

import numpy as np

from gradcheck.numerics.objective import LEAST_STEP, Lines, Objective
from gradcheck.numerics.samples import Samples

POINTS = 7
SPACING = 2.0**-26  # so close that a smooth f is a parabola over all points; its curvature then cancels
ORDERS = (3, 4, 5)
NEAR = 2.0**-32  # of x: f is a straight line over such a step, unless it lives on a far smaller scale than x
SMALL = 0.7  # power of the precision: the step where x = 0, from which f moves but does not bend by more than rounding
BESIDE = np.array([1.0, 2.0, 3.0])  # such steps, on either side
LOUD = 0.6  # roundings of f: noise beyond comes of terms larger than f
FEW = 3.0  # of so few samples the noise may be so many times the largest
JUMP = 100.0  # ratio of the second differences that touch x to the others from which f jumps at x
IMPOSSIBLE = 1e3  # noise so many times that close to x would have shown there


def estimate(objective: Objective, lines: Lines, base: float) -> float:
    """Standard deviation of f's noise along the first of some lines, in units of f; 0 where f is exact.

    Args:
        objective: f and x.
        lines: the first of them is used.
        base: f(x).
    """
    steps = SPACING * np.arange(1, POINTS)
    values = objective.along(lines, np.zeros(steps.size, dtype=np.intp), steps)
    table = np.concatenate([[base], values])
    if not np.isfinite(table).all():
        return float("inf")
    levels = []
    for order in range(1, max(ORDERS) + 1):
        table = np.diff(table)
        if order in ORDERS:
            # The k-th difference of white noise has variance (2k)! / (k!)^2 times that of the noise.
            gamma = factorial(order) ** 2 / factorial(2 * order)
            levels.append(float(np.sqrt(gamma * np.mean(table**2))))
    return float(np.median(levels))


def listen(samples: Samples) -> None:
    """Measure the noise of f close to x along every line, and have the samples expect it, and not much more.

    f's values are often differences of larger terms, whose rounding its own size does not tell. Second differences to
    either side of x show nothing else, whether or not x is on a kink.

    Args:
        samples: their `floor`, `heard` and `most` are set; nothing is added to the rungs.
    """
    everything = np.arange(len(samples.lines))
    size, grain = samples.span(), samples.grain()
    step = np.where(grain > LEAST_STEP, np.fmax(size * NEAR, grain), samples.eps**SMALL)
    plus, minus = samples.look(everything, step * BESIDE[:, None])
    base = np.broadcast_to(samples.base, (1, everything.size))
    bends = [np.abs(np.diff(np.concatenate([base, side]), n=2, axis=0)) for side in (plus, minus)]
    level = samples.level(np.abs(plus).max(axis=0), np.abs(minus).max(axis=0))
    at, beside = np.maximum(bends[0], bends[1])
    # Where f jumps at x, only the differences that leave out x show the noise.
    noise = np.where(at > JUMP * np.fmax(beside, level), beside, np.fmax(at, beside)) / np.sqrt(6)
    noise = np.where(np.isfinite(noise), noise, 0)  # close to an edge of the domain f may do anything
    samples.floor = samples.floor + np.where(noise > LOUD * level, FEW * noise, 0)
    samples.heard, samples.most = noise, IMPOSSIBLE * np.fmax(noise, level)
