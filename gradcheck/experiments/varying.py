"""Vary what a network is given: its inputs and its labels, written into the user's own arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.subject.program import Live, Values

Array = NDArray[np.float64]


def array_of(live: Live, expression: str) -> NDArray[Any] | None:
    """The user's own array under an expression; None where it is empty, raises, or gives no array of numbers."""
    if not expression:
        return None
    try:
        value = live.evaluate(expression)
    except GradcheckError:
        return None
    known = isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.size > 0
    return value if known else None


def floats_of(live: Live, expression: str) -> Array | None:
    """A float64 copy of what an expression gives; None where that is no array of real numbers."""
    value = array_of(live, expression)
    return None if value is None else np.array(value, dtype=np.float64)


def move_inputs(live: Live, expression: str, rng: np.random.Generator, share: float = 1.0) -> bool:
    """Other inputs in place of the user's: their mirror image, stretched, and noise; False where that is impossible.

    Args:
        live: the network.
        expression: of its inputs, an array of floats.
        rng: draws the noise, the same for the same state.
        share: how far of the way to move, from 0 to 1.
    """
    value = array_of(live, expression)
    if value is None or value.dtype.kind != "f":
        return False
    spread = float(np.std(value)) or 1.0
    other = -2.0 * value + spread * rng.standard_normal(value.shape)
    value[...] = (1.0 - share) * value + share * other
    return True


def ordinary(values: Values, rng: np.random.Generator) -> Values:
    """Parameters of an ordinary size, none of them zero or like another: where nothing is right or idle by chance."""
    return {
        name: rng.standard_normal(value.shape) / np.sqrt(max(value.shape[0], 1) if value.ndim > 1 else 4.0)
        for name, value in values.items()
    }


def is_matrix(value: NDArray[Any]) -> bool:
    """Whether a parameter is a matrix, or has more axes: not a bias, a column or a row."""
    return len([n for n in value.shape if n > 1]) > 1
