"""Comparison: PASS / FAIL / KINK / INCONCLUSIVE per entry and per parameter."""

from __future__ import annotations

import enum
from dataclasses import dataclass


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
