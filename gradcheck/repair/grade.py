"""Graded residuals: how near a candidate's gradient is to the truth, parameter by parameter.

Right or wrong is too coarse where several faults mask each other: a gradient that has become proportional to the
truth, or that is off by a multiple of the weights only, is a step on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics import NumericalGradient
from gradcheck.subject.program import Values
from gradcheck.subject.truth import Truth

RIGHT = 1.0
PROPORTIONAL = 0.7
OFF_BY_WEIGHTS = 0.65
TRANSPOSED = 0.6
SOME_ENTRIES = 0.3
CLOSENESS = 0.25
TOLERANCE = 1e-6
ENTRIES_FOR_A_FIT = 3
# A fit with one free factor says something only where it explains more entries than it has factors.


@dataclass(frozen=True, slots=True)
class Grades:
    """The grade of each parameter, 0 to 1; 1 is right.

    Attributes:
        of: parameter name -> grade.
        total: their mean.
    """

    of: dict[str, float]

    @property
    def total(self) -> float:
        """Mean grade over the parameters."""
        return sum(self.of.values()) / len(self.of)

    @property
    def right(self) -> frozenset[str]:
        """The parameters whose gradient is right."""
        return frozenset(name for name, grade in self.of.items() if grade == RIGHT)


def grade(gradient: Values, truth: Truth) -> Grades:
    """Grade a gradient against the truth at a point; where one of several samples was drawn, against the likeliest."""
    grades = [
        Grades({name: _grade(name, gradient.get(name), truth, numerical) for name in truth.values})
        for numerical in (truth.numerical, *truth.rows)
    ]
    return max(grades, key=lambda grades: grades.total)


def _grade(
    name: str, gradient: NDArray[np.float64] | None, truth: Truth, numerical: NumericalGradient
) -> float:
    shape = truth.values[name].shape
    if gradient is None:
        return 0.0
    fitted = fit_shape(gradient, shape)
    if fitted is None or not np.all(np.isfinite(fitted)):
        return 0.0
    measured = np.ravel(numerical.values[name])
    chosen = np.isfinite(measured) & ~np.ravel(numerical.kinks[name])
    bars = np.where(chosen, np.ravel(numerical.bars[name]), 0.0)
    a, n, w, bar = fitted.ravel()[chosen], measured[chosen], truth.values[name].ravel()[chosen], bars[chosen]
    allowed = bar + TOLERANCE * np.max(np.abs(n), initial=0.0) + 1e-12 * np.max(np.abs(truth.loss))
    wrong = np.abs(a - n) > allowed
    if not wrong.any():
        return RIGHT
    if n.size >= ENTRIES_FOR_A_FIT:
        if _spanned(a, n, allowed):
            return PROPORTIONAL
        if _spanned(a - n, w, allowed):
            return OFF_BY_WEIGHTS
    if len(shape) > 1 and truth.entries is None and np.all(np.abs(np.sort(a) - np.sort(n)) <= allowed.max()):
        return TRANSPOSED
    share = 1.0 - float(np.count_nonzero(wrong)) / n.size
    return SOME_ENTRIES * share + CLOSENESS * _closeness(a, n)


def fit_shape(gradient: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """A gradient as numpy would subtract it from a parameter of `shape`; None where it would not fit."""
    if gradient.shape == shape:
        return gradient
    try:
        return np.broadcast_to(gradient, shape)
    except ValueError:
        return (
            gradient.reshape(shape)
            if gradient.size == int(np.prod(shape)) and _squeezed(gradient.shape, shape)
            else None
        )


def _squeezed(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return [n for n in one if n != 1] == [n for n in other if n != 1]


def _spanned(a: NDArray[np.float64], b: NDArray[np.float64], allowed: NDArray[np.float64]) -> bool:
    """Whether a = k b for one k that is not 0."""
    power = float(b @ b)
    if power == 0.0:
        return False
    k = float(a @ b) / power
    return abs(k) > TOLERANCE and bool(np.all(np.abs(a - k * b) <= (1.0 + abs(k)) * allowed))


def _closeness(a: NDArray[np.float64], n: NDArray[np.float64]) -> float:
    """1 where the residual vanishes, 0 where it is as large as the gradients themselves."""
    size = float(np.linalg.norm(a) + np.linalg.norm(n))
    return max(0.0, 1.0 - float(np.linalg.norm(a - n)) / size) if size else 0.0
