"""Whether a gradient is a multiple of measured slopes, the same for all parameters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.program import Live

Slopes = Mapping[str, tuple[NDArray[np.intp], NDArray[np.float64]]]
# Parameter -> flat indices of some entries, and the slopes of the loss there.

ENTRIES = 5
AGREES = 1e-4


def central_slopes(live: Live, *, seed: int) -> dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Central differences of the loss at a few entries of each parameter: flat indices and slopes."""
    rng = np.random.default_rng([seed, 0xD15C])
    values = live.parameters()
    found = {}
    for name, value in values.items():
        entries = np.sort(rng.choice(value.size, min(ENTRIES, value.size), replace=False))
        slopes = []
        for entry in entries:
            step = 1e-5 * max(1.0, abs(float(value.ravel()[entry])))
            ends = []
            for sign in (1, -1):
                moved = value.copy()
                moved.ravel()[entry] += sign * step
                live.set({**values, name: moved})
                ends.append(live.loss())
            slopes.append((ends[0] - ends[1]) / (2 * step))
        live.set(values)
        found[name] = (entries, np.array(slopes))
    return found


def agreement(
    gradient: Mapping[str, NDArray[np.float64]],
    slopes: Slopes,
) -> tuple[float, float]:
    """The share of parameters that agree up to one common factor, and the factor."""
    pairs = []
    for name, (entries, slope) in slopes.items():
        if gradient[name].size <= entries.max(initial=0):
            continue
        pairs.append((gradient[name].ravel()[entries], slope))
    pairs = [(g, s) for g, s in pairs if np.isfinite(s).all()]
    silent = sum(not g.any() and not s.any() for g, s in pairs)  # zero on both sides says nothing either way
    factors = [1.0] + [float(g @ s / (s @ s)) for g, s in pairs if s.any() and g.any()]
    best = (0.0, 1.0)
    for factor in factors:
        if factor == 0:
            continue
        count = sum(
            float(
                np.abs(g - factor * s).max()
                <= AGREES * (np.abs(g).max() + abs(factor) * np.abs(s).max()) + 1e-9
            )
            for g, s in pairs
            if g.any() or s.any()
        )
        share = count / max(len(slopes) - silent, 1)
        if share > best[0] + 1e-12:
            best = (share, factor)
    return best
