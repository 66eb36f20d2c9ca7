"""Few pairs of evaluations a line, at a step that a sample of lines chose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics.samples import EPS, Samples, Slopes, short_binary

NODES = np.array([1.0, 0.625, 0.3125])
TIGHT = 1e-7  # relative bar that three pairs are expected to reach
REACH = 1 / 96  # step of three pairs in units of the radius: the last correction is then about 1e-9
KINK_SHARE = 0.1  # of the second difference: more than that left at step zero is a kink, not curvature
HIDDEN = 1.5
"""Bars to allow for a kink within the widest step that curvature hides: at the worst place for it between the nodes,
what it leaves of the second difference and the widest pair's share add up to 0.69 of the error it makes."""
UNSETTLED = 0.1
"""Of the first correction, which falls by the square of the step: a second one that is more of it follows no series,
and with several kinks among the pairs, which make up for one another, the first may be wrong as a whole."""
FIXED_STEP = 2.0**-17  # near the cube root of rounding, where truncation and rounding balance for most f
ODD = 30.0  # a second difference so many times the usual one shows a kink within the step


def three_pairs(samples: Samples, radius: float, size: float) -> Slopes:
    """Sixth order from three pairs; the bar is what the widest pair contributes, and what a kink nearby may.

    Args:
        samples: fresh.
        radius: the scale on which f bends, the smallest of a sample of lines.
        size: of derivatives along such lines; not used where f is exact enough.

    Returns:
        Slopes whose bar is infinite where a kink may lie within the step.
    """
    with np.errstate(all="ignore"):
        count = len(samples.lines)
        steps = np.full((3, count), short_binary(np.array(radius * REACH))) * NODES[:, None]
        steps = np.maximum(steps, samples.grain() * 16)
        samples.add(np.arange(count), steps)
        steps, plus, minus = samples.steps, samples.plus, samples.minus
        quotients = samples.quotients(np.arange(count), steps, plus, minus)
        u = steps**2
        two = quotients[2] + (quotients[2] - quotients[1]) / (u[1] / u[2] - 1)
        wider = quotients[1] + (quotients[1] - quotients[0]) / (u[0] / u[1] - 1)
        three = two + (two - wider) / (u[0] / u[2] - 1)
        level = samples.level(plus, minus)
        rounding = samples.rounding(level, steps, quotients)
        gaps = (plus - 2 * samples.base + minus) / steps
        left_over = np.abs((gaps[2] * steps[0] - gaps[0] * steps[2]) / (steps[0] - steps[2]))
        bent = np.maximum(left_over - 4 * rounding[2], 0)
        noise = 4 * (rounding[2] * u[1] / (u[1] - u[2]) + rounding[1] * u[2] / (u[1] - u[2]))
        first, second = np.abs(two - quotients[2]), np.abs(three - two)
        unsettled = np.where(second > UNSETTLED * first + noise, first, 0)
        bar = HIDDEN * (second + bent + unsettled) + noise
        smooth = left_over <= 4 * rounding[2] + KINK_SHARE * np.abs(gaps[0])
        known = smooth & np.isfinite(three) & (bar >= 0)
        return replace(
            Slopes.unknown(count),
            value=np.where(known, three, np.nan),
            bar=np.where(known, bar + EPS * size, np.inf),
            step=steps[2],
            noise=level.max(axis=0),
            radius=np.full(count, radius),
        )


def one_pair(
    samples: Samples, radius: float, size: float, pilots: NDArray[np.intp], known: Slopes
) -> tuple[Slopes, NDArray[np.intp]]:
    """Second order from one pair at the step that balances truncation against rounding.

    Args:
        samples: fresh.
        radius: the scale on which f bends, the smallest of a sample of lines.
        size: of derivatives along such lines.
        pilots: numbers of the lines that were measured well already.
        known: what was found there; the largest deviation from it is every line's truncation.

    Returns:
        The slopes, and the numbers of lines whose second difference is out of line, as within a step of a kink.
    """
    with np.errstate(all="ignore"):
        count = len(samples.lines)
        balance = (3 * samples.floor / max(size * radius, 1e-300)) ** (1 / 3)
        step = short_binary(np.array(radius * np.clip(balance / 3, 1e-7, 0.05)))
        steps = np.maximum(np.full(count, step), samples.grain())
        plus, minus = (side[0] for side in samples.look(np.arange(count), steps[None]))
        value = samples.quotients(np.arange(count), steps, plus, minus)
        rounding = samples.rounding(samples.level(plus, minus), steps, value)
        deviation = np.nanmax(np.abs(value[pilots] - known.value), initial=0)
        bends = np.abs(plus - 2 * samples.base + minus) / steps
        usual = float(np.median(bends))
        odd = ~(bends <= ODD * usual + 8 * rounding)
        slopes = replace(
            Slopes.unknown(count),
            value=value,
            bar=4 * rounding + 4 * deviation + np.where(odd, bends / 2, 0),
            step=steps,
            noise=np.full(count, samples.floor),
            radius=np.full(count, radius),
        )
        return slopes, np.flatnonzero(odd)


def one_pair_alone(samples: Samples) -> Slopes:
    """Second order from one pair at a fixed step; the bar is what a kink within the step could hide.

    For so few lines that a sample of them would cost more than they do.
    """
    with np.errstate(all="ignore"):
        count = len(samples.lines)
        steps = np.maximum(np.full(count, FIXED_STEP), samples.grain())
        plus, minus = (side[0] for side in samples.look(np.arange(count), steps[None]))
        value = samples.quotients(np.arange(count), steps, plus, minus)
        level = samples.level(plus, minus)
        bend = np.abs(plus - 2 * samples.base + minus) / steps
        bar = bend / 2 + 4 * samples.rounding(level, steps, value)
        known = np.isfinite(value)
        return replace(
            Slopes.unknown(count),
            value=np.where(known, value, np.nan),
            bar=np.where(known, bar, np.inf),
            step=steps,
            noise=level,
        )
