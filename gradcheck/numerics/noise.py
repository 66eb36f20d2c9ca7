"""How noisy f is: the scatter of its values around a smooth curve, by a table of differences.

Source: More and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011).
"""

from __future__ import annotations

from math import factorial

import numpy as np

from gradcheck.numerics.objective import Lines, Objective

POINTS = 7
SPACING = 2.0**-26  # so close that a smooth f is a parabola over all points; its curvature then cancels
ORDERS = (3, 4, 5)


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
