"""From losses at shifted points to a derivative, and how far to trust it.

With L(d) the loss after a shift d, at the four shifts +h, -h, +2h, -2h:

    D(h) = (L(h) - L(-h)) / 2h                    the derivative, off by h^2 L''' / 6 and by rounding
    D(h) - D(2h)                                  three times that truncation, with the other sign
    S(h) = (L(h) - 2 L(0) + L(-h)) / h            the two one-sided slopes apart: h L'' where L is smooth
    S(2h) - 2 S(h)                                near 0 where L is smooth, not where a kink lies within reach

For a kink between 0 and h, |D(h) - D(2h)| + |S(2h) - 2 S(h)| is never less than D's error, wherever the kink
lies, so that the sum is a bar for smooth points and kinks alike; what it scatters by where it ought to be 0
is the rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcheck.reference.arrays import Array

STEP = float(np.finfo(np.float64).eps ** (1 / 3))
"""Balances truncation, which grows as h^2, and rounding, which grows as 1/h, for numbers near 1."""

_SHIFTS = np.array([1.0, -1.0, 2.0, -2.0])


@dataclass(frozen=True, slots=True)
class Slopes:
    """Central differences, with or without their error bars.

    Attributes:
        bars: whether two more evaluations an entry are spent on an error bar.
    """

    bars: bool

    @property
    def shifts(self) -> Array:
        """The shifts in units of h: two for a derivative, four for its error bar too."""
        return _SHIFTS if self.bars else _SHIFTS[:2]

    def measure(
        self, changes: Array, h: Array | float, rounding: Array | float
    ) -> tuple[Array, Array | float]:
        """D(h), and how far it may be from the truth: infinity where bars are not asked for.

        Args:
            changes: L(d) - L(0) at the shifts, along the first axis; the entries measured along the second.
            h: the step of each entry.
            rounding: the least that L may be off by.

        Example:
            >>> slopes = Slopes(bars=True)
            >>> d = 1e-5 * slopes.shifts[:, None]
            >>> value, bar = slopes.measure(np.maximum(d, 0), 1e-5, 0.0)  # ReLU at its kink
            >>> float(value[0]), bool(bar[0] >= 0.5)
            (0.5, True)
        """
        up, down = changes[0], changes[1]
        value = up - down
        value /= 2 * h
        if not self.bars:
            return value, np.inf
        up2, down2 = changes[2:]
        truncation = np.abs(value - (up2 - down2) / (4 * h))
        excess = np.abs((up2 + down2) / (2 * h) - 2 * (up + down) / h)
        # A bar may come out near 0 by chance where rounding is all there is; what the others scatter by is
        # its floor: the median, not the mean, so that a few kinks do not widen every bar.
        floor = np.median(excess * h, axis=0, keepdims=True) + rounding
        return value, 2 * truncation + excess + 4 * floor / h
