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
from gradcheck.subject.truth import Truth, fit_shape

RIGHT = 1.0
PROPORTIONAL = 0.7
OFF_BY_WEIGHTS = 0.65
TRANSPOSED = 0.6
SOME_ENTRIES = 0.3
CLOSENESS = 0.25
TOLERANCE = 1e-6
ROUNDING = 1e-12
# Of the largest true gradient: what backpropagation leaves of a derivative that is exactly 0.
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
    grades = [_grades(gradient, truth, numerical) for numerical in (truth.numerical, *truth.rows)]
    return max(grades, key=lambda grades: grades.total)


def _grades(gradient: Values, truth: Truth, numerical: NumericalGradient) -> Grades:
    floor = ROUNDING * max(_largest(value) for value in numerical.values.values())
    found: dict[str, float] = {}
    for name, weights in truth.values.items():
        fitted = fit_shape(gradient[name], weights.shape) if name in gradient else None
        usable = fitted is not None and bool(np.all(np.isfinite(fitted)))
        found[name] = (
            _grade(fitted, weights, numerical, name, floor) if fitted is not None and usable else 0.0
        )
    return Grades(found)


def _grade(
    whole: NDArray[np.float64],
    weights: NDArray[np.float64],
    numerical: NumericalGradient,
    name: str,
    floor: float,
) -> float:
    measured = numerical.values[name]
    chosen = np.isfinite(measured) & ~numerical.kinks[name]
    a, n, w = whole[chosen], measured[chosen], weights[chosen]
    bar: NDArray[np.float64] = numerical.bars[name][chosen]
    allowed = bar + TOLERANCE * _largest(n) + floor
    wrong: NDArray[np.bool_] = np.abs(a - n) > allowed
    if not wrong.any():
        return RIGHT
    fit = n.size >= ENTRIES_FOR_A_FIT
    if fit and _spanned(a, n, allowed):
        return PROPORTIONAL
    if fit and _spanned(a - n, w, allowed):
        return OFF_BY_WEIGHTS
    if weights.ndim > 1 and chosen.all() and np.all(np.abs(np.sort(a) - np.sort(n)) <= allowed.max()):
        return TRANSPOSED
    right = int(np.count_nonzero(~wrong)) / int(n.size)
    return float(SOME_ENTRIES * right + CLOSENESS * _closeness(a, n))


def _largest(values: NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.max(np.abs(finite), initial=0.0))


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
