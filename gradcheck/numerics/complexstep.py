"""The complex step: an independent second opinion, used only where it proves itself.

For an analytic f, Im f(x + ih) / h is the derivative up to h^2, with nothing subtracted and so nothing cancelled.
``abs``, ``.real``, casts and buffers of floats drop the imaginary part without a word; that is why every use of it here
is held against differences.

Source: Squire and Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40 (1998);
Martins, Sturdza and Alonso, "The complex-step derivative approximation", ACM TOMS 29 (2003).
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics.objective import Lines, Objective
from gradcheck.numerics.parameters import Vector

STEP = 2.0**-100


def slopes(objective: Objective, lines: Lines, which: NDArray[np.intp] | None = None) -> Vector | None:
    """Derivatives by one complex evaluation a line.

    Args:
        objective: f and x.
        lines: the lines.
        which: numbers of the lines wanted; all by default.

    Returns:
        One per line wanted, NaN where f gave nothing finite; None where f does not take complex numbers.
    """
    if which is None:
        which = np.arange(len(lines))
    if any(leaf.is_complex for leaf in objective.parameters.leaves):
        return None  # the imaginary part is taken
    with warnings.catch_warnings():
        # A discarded imaginary part shows in the result, which is held against differences.
        warnings.simplefilter("ignore")
        try:
            values = objective.along(lines, which, np.full(which.shape, STEP * 1j))
        except Exception:  # noqa: BLE001  # f may refuse complex numbers in any way it likes
            return None
    return np.asarray(values.imag / STEP)


def rounding(values: Vector) -> Vector:
    """Rounding error to expect in derivatives by complex step, given those of one parameter."""
    size = np.abs(values).max(initial=0, where=np.isfinite(values))
    return np.asarray(16 * np.finfo(np.float64).eps * (np.abs(values) + size))
