"""Arrays that are easy to compute with: exact small numbers, which shrink to integers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradcheck.reference.arrays import Array


@st.composite
def well_conditioned_arrays(
    draw: st.DrawFn, shape: tuple[int, ...], *, dtype: type[np.float64 | np.float32] = np.float64
) -> Array:
    """Arrays of multiples of 1/8 between -2 and 2, which shrink to integers, and to 0.

    Sums and small products of such numbers are exact, so that a difference between two ways of computing the
    same is never their rounding alone.

    Args:
        draw: given by hypothesis.
        shape: of the array.
        dtype: of the array.
    """
    # One number for all entries is seldom drawn, for it hides transpositions, but it is what arrays shrink
    # to: its shape may change without any other draw.
    size = math.prod(shape)
    entries = [draw(_NUMBERS)] * size if draw(_SELDOM) else [draw(_NUMBERS) for _ in range(size)]
    return np.array(entries, dtype=np.float64).reshape(shape).astype(dtype)


_SELDOM = st.integers(0, 7).map(lambda n: n == 0)
_NUMBERS = st.sampled_from(
    sorted(np.arange(-16, 17) / 8, key=lambda a: (a % 1 != 0, a % 0.5 != 0, abs(a), a < 0))
)
"""Simplest first, since that is where they shrink to: 0, 1, -1, 2, -2, halves, eighths."""


@st.composite
def integers(draw: st.DrawFn, shape: tuple[int, ...], values: Sequence[int]) -> NDArray[np.int64]:
    """Arrays of some integers, the first of which they shrink to."""
    one = st.sampled_from(values)
    return np.array([draw(one) for _ in range(math.prod(shape))], dtype=np.int64).reshape(shape)
