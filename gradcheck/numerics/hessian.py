"""Second derivatives: a Hessian measured as the gradient of a gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics import complexstep, ladder
from gradcheck.numerics.compare import Comparison, Verdict, compare
from gradcheck.numerics.differences import numerical_gradient
from gradcheck.numerics.examine import is_analytic
from gradcheck.numerics.objective import Function, Lines, Objective, real
from gradcheck.numerics.parameters import Parameters, Structure, Vector
from gradcheck.numerics.samples import Samples

LARGEST = 64
"""Numbers in x up to which a Hessian is measured; the cost grows with their square."""


@dataclass(frozen=True, slots=True)
class HessianCheck:
    """The verdict on a Hessian.

    Attributes:
        verdict: the worst over its rows.
        rows: one comparison per row.
        symmetric: whether the Hessian under test is symmetric, as it has to be.
        values: the measured Hessian, ``(n, n)``.
        bars: its error bars, ``(n, n)``.
    """

    verdict: Verdict
    rows: tuple[Comparison, ...]
    symmetric: bool
    values: Vector
    bars: Vector

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.verdict in (Verdict.PASS, Verdict.KINK)


def check_hessian(
    f: Function,
    hessian: Callable[[Structure], NDArray[Any]] | NDArray[Any],
    x: Structure,
    *,
    grad: Function | None = None,
) -> HessianCheck:
    """Check a Hessian against the measured gradient of each part of the gradient.

    Args:
        f: the scalar function.
        hessian: ``(n, n)`` over all numbers of x in order, or a function of x that returns it.
        x: where; at most 64 numbers.
        grad: the gradient of f if it is known and right; measured from f otherwise, at some loss of precision.

    Raises:
        InputError: x is too large, or the Hessian has another shape than ``(n, n)``.

    Example:
        >>> A = np.array([[2.0, 1.0], [1.0, 3.0]])
        >>> check_hessian(lambda x: 0.5 * x @ A @ x, A, np.array([1.0, -1.0])).verdict.value
        'pass'
    """
    parameters = Parameters.of(x)
    size = parameters.size
    if size > LARGEST:
        raise InputError(
            f"x holds {size} numbers; a Hessian is measured up to {LARGEST}", hint="check fewer of them"
        )
    given = np.asarray(hessian(parameters.build(parameters.vector.copy())) if callable(hessian) else hessian)
    if given.shape != (size, size):
        raise InputError(
            f"the Hessian has shape {given.shape}, x holds {size} numbers, so it must be {(size, size)}"
        )
    analytic = grad is None and is_analytic(f, x)
    rows, values, bars = [], np.empty((size, size)), np.empty((size, size))
    for i in range(size):
        part = (
            _part_of(grad, parameters, i) if grad is not None else _measured_part(f, parameters, i, analytic)
        )
        numerical = numerical_gradient(part, parameters.vector, method="central")
        values[i], bars[i] = numerical.values["x"], numerical.bars["x"]
        rows.append(compare(given[i], numerical)["x"])
    verdicts = [row.verdict for row in rows]
    order = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.KINK, Verdict.PASS)
    verdict = next(v for v in order if v in verdicts)
    scale = float(np.abs(given).max())
    symmetric = bool(np.allclose(given, given.T, rtol=1e-9, atol=1e-12 * scale))
    return HessianCheck(verdict, tuple(rows), symmetric, values, bars)


def _part_of(grad: Function, parameters: Parameters, i: int) -> Callable[[Vector], float]:
    def part(vector: Vector) -> float:
        return float(parameters.flatten(grad(parameters.build(vector.copy())))[i])

    return part


def _measured_part(f: Function, parameters: Parameters, i: int, analytic: bool) -> Callable[[Vector], float]:
    """The i-th part of f's gradient as a function of the vector, measured at every call."""

    def part(vector: Vector) -> float:
        objective = Objective(f, Parameters.of(parameters.build(vector.copy())))
        line = Lines(np.array([i]))
        if analytic:
            values = complexstep.slopes(objective, line)
            assert values is not None  # it took complex numbers at x
            return float(values[0])
        slopes = ladder.climb(Samples(objective, line, real(objective.base())))
        return float(slopes.value[0])

    return part
