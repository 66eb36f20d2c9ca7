"""Comparison: PASS / FAIL / KINK / INCONCLUSIVE per entry and per parameter."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics.differences import NumericalGradient


class Verdict(enum.StrEnum):
    """Whether a number agrees with the measured derivative, as far as the error bar can tell."""

    PASS = "pass"
    FAIL = "fail"
    KINK = "kink"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The gradient check of one parameter.

    Attributes:
        name: the parameter's name.
        shape: its shape.
        analytic_norm: Euclidean norm of the code's gradient.
        numerical_norm: Euclidean norm of the measured gradient.
        cosine: of the angle between the two; NaN where one of them is zero.
        relative_error: ||a - n|| / (||a|| + ||n||), 0 where both are zero.
        error_bar: the same ratio for the error bar of the measured gradient: no relative error below it means anything.
        verdict: see `Verdict`.
        reason: why the verdict is what it is, where that is not plain; empty otherwise.
        wrong: flat indices of the entries that fail, most wrong first, at most 100.
        checked: how many entries were compared.
    """

    name: str
    shape: tuple[int, ...]
    analytic_norm: float
    numerical_norm: float
    cosine: float
    relative_error: float
    error_bar: float
    verdict: Verdict
    reason: str = ""
    wrong: tuple[int, ...] = ()
    checked: int = 0


def compare(analytic: Any, numerical: NumericalGradient) -> dict[str, Comparison]:
    """Judge a gradient that code computed by the measured one, parameter by parameter.

    Args:
        analytic: the structure of x, or a mapping of the parameters' names.
        numerical: what was measured; entries that were not (NaN) are not judged.

    Returns:
        A `Comparison` per parameter, by name, in order.

    Raises:
        InputError: a key is missing or unknown, or a shape differs.
    """
    parameters = numerical.parameters
    given = parameters.split(parameters.flatten(analytic))
    return {name: _compare_one(name, given[name], numerical) for name in parameters.names}


def _compare_one(name: str, a: NDArray[Any], numerical: NumericalGradient) -> Comparison:
    n, bar = numerical.values[name], numerical.bars[name]
    measured = numerical.methods[name] != ""
    a, n, bar = a[measured], n[measured], bar[measured]
    kink = numerical.kinks[name][measured]
    left, right = numerical.left[name][measured], numerical.right[name][measured]
    flat = np.flatnonzero(measured)
    size = float(np.sqrt(np.nanmean(np.abs(n) ** 2))) if n.size else 0.0
    slack = bar + 1e-12 * size
    difference = np.abs(a - n)
    low, high = np.minimum(left, right), np.maximum(left, right)
    within = kink & (a.real >= low - slack) & (a.real <= high + slack)
    unknown = ~np.isfinite(bar) | ~np.isfinite(n)
    wrong = ~unknown & ~within & ~(difference <= slack)
    verdict, reason = Verdict.PASS, ""
    if wrong.any():
        verdict = Verdict.FAIL
    elif unknown.any():
        verdict, reason = Verdict.INCONCLUSIVE, f"{int(unknown.sum())} entries could not be measured"
    elif within.any():
        verdict, reason = Verdict.KINK, f"{int(within.sum())} entries lie on a kink"
    order = np.argsort(-difference[wrong], kind="stable")
    norm_a, norm_n = float(np.linalg.norm(a)), float(np.linalg.norm(n))
    total = norm_a + norm_n
    return Comparison(
        name=name,
        shape=numerical.parameters.leaf(name).shape,
        analytic_norm=norm_a,
        numerical_norm=norm_n,
        cosine=float(np.vdot(a, n).real / norm_a / norm_n) if norm_a and norm_n else math.nan,
        relative_error=float(np.linalg.norm(a - n)) / total if total else 0.0,
        error_bar=float(np.linalg.norm(bar)) / total if total else 0.0,
        verdict=verdict,
        reason=reason,
        wrong=tuple(int(i) for i in flat[wrong][order][:100]),
        checked=int(measured.sum()),
    )
