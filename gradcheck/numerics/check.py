"""check_gradient: one verdict on a gradient, in full when x is small, from random directions when it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import InputError
from gradcheck.numerics.compare import Comparison, Verdict, compare
from gradcheck.numerics.differences import MEDIUM, Method, NumericalGradient, numerical_gradient
from gradcheck.numerics.directional import DirectionalCheck, Residual, check_directions
from gradcheck.numerics.examine import Examination, examine
from gradcheck.numerics.locate import Gradient, Located, locate
from gradcheck.numerics.objective import Function, Objective
from gradcheck.numerics.parameters import Parameters, Structure, Vector

if TYPE_CHECKING:
    from concurrent.futures import Executor

LOCATE_BUDGET = 2000


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """The verdict on a gradient.

    Attributes:
        verdict: FAIL if any parameter fails, then INCONCLUSIVE, then KINK, else PASS.
        comparisons: per parameter, where the whole gradient was measured; empty where directions decided.
        reasons: why, in plain sentences; what makes the numbers disagree comes before what disagrees.
        examination: what was found out about f before its gradient was judged.
        numerical: the measured gradient; None where directions decided.
        directions: what the random directions said; None where the whole gradient was measured.
        located: the wrong entries; None unless directions disagreed.
        evaluations: how often f was called.
        seed: of the random directions.
    """

    verdict: Verdict
    comparisons: Mapping[str, Comparison]
    reasons: tuple[str, ...]
    examination: Examination
    numerical: NumericalGradient | None
    directions: DirectionalCheck | None
    located: Located | None
    evaluations: int
    seed: int

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong: PASS, or KINK with a valid subgradient."""
        return self.verdict in (Verdict.PASS, Verdict.KINK)


def check_gradient(
    f: Function,
    grad: Gradient,
    x: Structure,
    *,
    method: Method = "auto",
    full: bool | None = None,
    budget: int | None = None,
    batched: bool = False,
    executor: Executor | None = None,
    seed: int = 0,
) -> GradientCheck:
    """Judge the gradient of a scalar function.

    Args:
        f: takes the structure x came in and returns one number.
        grad: the gradient under test: the structure of x, or a function of x that returns it.
        x: an array, a number, nested lists, or a mapping of names to those.
        method: as for `numerical_gradient`.
        full: measure every entry. By default up to 4096 entries; beyond, a few random directions decide, the
            probability of a miss is stated, and wrong entries are located.
        budget: evaluations for the full measurement.
        batched: as for `numerical_gradient`.
        executor: as for `numerical_gradient`.
        seed: of the random directions.

    Raises:
        InputError: x, f or the gradient cannot be worked with; names the parameter and both shapes.

    Example:
        >>> import numpy as np
        >>> x = np.array([0.5, 1.5])
        >>> check_gradient(lambda v: np.sum(np.sin(v)), np.cos, x).verdict.value
        'pass'
        >>> check_gradient(lambda v: np.sum(np.sin(v)), np.sin, x).comparisons["x"].wrong
        (1, 0)
    """
    parameters = Parameters.of(x)
    examination = examine(f, x, grad if callable(grad) else None)
    analytic = _analytic(grad, parameters)
    if full is None:
        full = parameters.size <= MEDIUM or not np.isfinite(analytic).all()
    if not full:
        return _by_directions(f, parameters, analytic, examination, seed)
    numerical = numerical_gradient(
        f, x, method=method, budget=budget, batched=batched, executor=executor, seed=seed
    )
    given = grad(parameters.build(parameters.vector.copy())) if callable(grad) else grad
    comparisons = compare(given, numerical)
    verdict = _worst([comparison.verdict for comparison in comparisons.values()])
    reasons = [*examination.reasons, *_explained(comparisons)]
    if examination.nondeterministic and verdict is Verdict.FAIL:
        verdict = Verdict.INCONCLUSIVE  # two values of f cannot be told from two values of x
    return GradientCheck(
        verdict,
        comparisons,
        tuple(reasons),
        examination,
        numerical,
        None,
        None,
        examination.evaluations + numerical.evaluations,
        seed,
    )


def _analytic(grad: Gradient, parameters: Parameters) -> Vector:
    if not callable(grad):
        return parameters.flatten(grad)
    try:
        given = grad(parameters.build(parameters.vector.copy()))
    except Exception as error:
        raise InputError(
            f"the gradient raised at x: {type(error).__name__}: {error}",
            hint="call it by itself first; it gets x in the structure you passed, in float64",
        ) from error
    return parameters.flatten(given)


def _by_directions(
    f: Function, parameters: Parameters, analytic: Vector, examination: Examination, seed: int
) -> GradientCheck:
    objective = Objective(f, parameters)
    residual = Residual(objective, analytic)
    rng = np.random.default_rng(seed)
    directions = check_directions(residual, rng)
    reasons = [*examination.reasons, str(directions)]
    located = None
    if directions.agrees is None or (examination.nondeterministic and not directions.agrees):
        verdict = Verdict.INCONCLUSIVE
    elif directions.agrees:
        verdict = Verdict.PASS
    else:
        verdict = Verdict.FAIL
        located = locate(residual, rng, LOCATE_BUDGET)
        reasons += [f"{name}: {pattern} wrong" for name, pattern in located.patterns.items()]
    spent = examination.evaluations + objective.evaluations
    return GradientCheck(verdict, {}, tuple(reasons), examination, None, directions, located, spent, seed)


def _worst(verdicts: list[Verdict]) -> Verdict:
    for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.KINK):
        if verdict in verdicts:
            return verdict
    return Verdict.PASS


def _explained(comparisons: Mapping[str, Comparison]) -> list[str]:
    reasons = []
    for name, comparison in comparisons.items():
        if comparison.verdict is Verdict.FAIL:
            share = f"{comparison.wrong_count} of {comparison.checked} entries are wrong"
            reasons.append(f"{name}: {share}, relative error {comparison.relative_error:.1e}")
        if comparison.reason:
            reasons.append(f"{name}: {comparison.reason}")
    return reasons
