"""Error against step: the V-curve of one direction, and the order at which the Taylor remainder vanishes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcheck.numerics.locate import Gradient
from gradcheck.numerics.objective import Function, Lines, Objective, real
from gradcheck.numerics.parameters import Parameters, Structure, Vector

STEPS = 10.0 ** np.arange(0.0, -12.5, -0.5)
SLOPE_TOLERANCE = 0.1
WINDOW = 5  # steps over which the slope is fitted


@dataclass(frozen=True, slots=True)
class StepSizeCurve:
    """How a gradient's directional derivative differs from central differences, step by step.

    Attributes:
        steps: ``(k,)``, falling.
        differences: the central difference at each.
        analytic: the code's gradient times the direction.
        errors: relative difference of the two; for a right gradient it falls, then climbs from rounding (a V).
        direction: ``(n,)``, of length 1.
    """

    steps: Vector
    differences: Vector
    analytic: float
    errors: Vector
    direction: Vector


@dataclass(frozen=True, slots=True)
class SlopeTest:
    """The order of the first-order Taylor remainder |f(x + h d) - f(x) - h g.d|.

    Attributes:
        slope: of its logarithm against that of the step: 2 when the gradient is right, 1 when it is not.
        right: whether the slope is 2 within a tenth; also where f is linear and the remainder is rounding alone.
        steps: ``(k,)``, falling.
        remainders: ``(k,)``.
        used: first and last index of the steps the slope was fitted on.
    """

    slope: float
    right: bool
    steps: Vector
    remainders: Vector
    used: tuple[int, int]


def step_size_curve(
    f: Function, grad: Gradient, x: Structure, *, steps: Vector | None = None, seed: int = 0
) -> StepSizeCurve:
    """The error of central differences against the step, along one random direction, as data.

    Args:
        f: the scalar function.
        grad: the gradient under test, or a function that returns it.
        x: where.
        steps: in falling order; by default two a decade from 1 to 1e-12.
        seed: of the direction.

    Example:
        >>> curve = step_size_curve(lambda x: np.sum(np.exp(x)), np.exp, np.zeros(3))
        >>> bool(curve.errors.min() < 1e-9 < curve.errors[0])
        True
    """
    objective, direction, expected = _set_up(f, grad, x, seed)
    steps = STEPS if steps is None else np.asarray(steps, dtype=np.float64)
    grid = np.stack([steps, -steps])
    plus, minus = objective.along(
        Lines(directions=direction[None]), np.zeros(grid.shape, dtype=np.intp), grid
    )
    differences = (plus - minus) / (2 * steps)
    total = np.abs(differences) + abs(expected)
    errors = np.abs(differences - expected) / np.where(total == 0, 1, total)
    return StepSizeCurve(steps, differences, expected, errors, direction)


def slope_test(f: Function, grad: Gradient, x: Structure, *, seed: int = 0) -> SlopeTest:
    """Fit the order at which the first-order Taylor remainder vanishes, along one random direction.

    The fit takes the straightest five steps whose remainder stands out from rounding.

    Example:
        >>> f, x = lambda x: np.sum(np.exp(x)), np.linspace(0, 1, 4)
        >>> slope_test(f, np.exp, x).right, slope_test(f, 1.01 * np.exp(x), x).right
        (True, False)
    """
    objective, direction, expected = _set_up(f, grad, x, seed)
    base = real(objective.base())
    values = objective.along(Lines(directions=direction[None]), np.zeros(STEPS.size, dtype=np.intp), STEPS)
    remainders = np.abs(values - base - STEPS * expected)
    rounding = 64 * np.finfo(float).eps * np.maximum(np.abs(values), abs(base))
    clear = np.flatnonzero(np.isfinite(remainders) & (remainders > rounding))
    if clear.size < WINDOW:
        linear = bool(np.isfinite(remainders).any())
        return SlopeTest(np.nan, linear, STEPS, remainders, (0, -1))
    # A right gradient's remainder sinks into rounding early, a wrong one's never: the last clear steps decide.
    window = clear[-WINDOW:]
    slope = float(np.polyfit(np.log(STEPS[window]), np.log(remainders[window]), 1)[0])
    return SlopeTest(slope, slope > 2 - SLOPE_TOLERANCE, STEPS, remainders, (int(window[0]), int(window[-1])))


def _set_up(f: Function, grad: Gradient, x: Structure, seed: int) -> tuple[Objective, Vector, float]:
    parameters = Parameters.of(x)
    given = grad(parameters.build(parameters.vector.copy())) if callable(grad) else grad
    direction = np.random.default_rng(seed).standard_normal(parameters.size)
    direction /= np.linalg.norm(direction)
    return Objective(f, parameters), direction, float(parameters.flatten(given) @ direction)
