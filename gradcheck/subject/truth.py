"""The truth at a point: the measured gradient of the user's own loss there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics import NumericalGradient, numerical_gradient
from gradcheck.subject.offsets import allowing_for_offsets
from gradcheck.subject.points import Point
from gradcheck.subject.program import Program, Values

FULL = 600
# Up to so many parameters every entry is measured; beyond, a random share of each.
SAMPLE = 48


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The measured gradient at a point.

    Attributes:
        point: where.
        values: the parameters there.
        loss: the loss there.
        numerical: the measured gradient; NaN at entries that were not measured.
        entries: parameter name -> flat indices of the measured entries; None where all were.
        evaluations: how often the loss was called.
        rows: the gradients of single samples, where the code may have drawn one of several; empty otherwise.
    """

    point: Point
    values: Values
    loss: float
    numerical: NumericalGradient
    entries: dict[str, NDArray[np.intp]] | None
    evaluations: int
    rows: tuple[NumericalGradient, ...] = ()


def measure(
    program: Program, point: Point, *, seed: int = 0, full: int = FULL, sample: int = SAMPLE
) -> Truth:
    """Measure the gradient of the program's loss at a point.

    Raises:
        SubjectError: when the user's code raises.
        InputError: when the loss cannot be differentiated there, such as where it is not finite.
    """
    live = program.start()
    values = point.place(live)
    loss = live.loss()

    def f(moved: Values) -> float:
        live.set(moved)
        return live.loss()

    entries = sample_entries(values, seed=seed, full=full, sample=sample)
    numerical = numerical_gradient(f, values, entries=entries, seed=seed)
    numerical = allowing_for_offsets(program, live, values, numerical)
    return Truth(point, values, loss, numerical, entries, live.evaluations)


def sample_entries(
    values: Values, *, seed: int, full: int, sample: int
) -> dict[str, NDArray[np.intp]] | None:
    """Which entries to measure: all of them (None) up to `full` in total, else at most `sample` of each parameter."""
    if sum(value.size for value in values.values()) <= full:
        return None
    rng = np.random.default_rng([seed, 0xE17])
    return {
        name: np.sort(rng.choice(value.size, min(sample, value.size), replace=False))
        for name, value in values.items()
    }


def same_loss(one: float, other: float) -> bool:
    """Whether two values of the loss are the same number, rounding of a reordered sum allowed."""
    if np.isnan(one) and np.isnan(other):
        return True
    if not (np.isfinite(one) and np.isfinite(other)):
        return one == other
    return abs(one - other) <= 1e-12 * max(abs(one), abs(other))


def fit_shape(gradient: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """A gradient in the shape of its parameter; None where they differ by more than axes of length 1.

    A single number stands for all entries, as it does when numpy subtracts it.

    Example:
        >>> fit_shape(np.ones((1, 3)), (3,)).shape
        (3,)
        >>> fit_shape(np.ones((2, 3)), (3, 2)) is None
        True
    """
    if gradient.size == 1:
        return np.broadcast_to(gradient.reshape(()), shape)
    same = [n for n in gradient.shape if n != 1] == [n for n in shape if n != 1]
    return gradient.reshape(shape) if same else None
