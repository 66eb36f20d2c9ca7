"""Comparison: PASS / FAIL / KINK / INCONCLUSIVE per entry and per parameter."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics.differences import NumericalGradient
from gradcheck.numerics.parameters import Structure, Vector

NEGLIGIBLE = 1e-8
"""A difference below this share of the root mean square of a parameter's gradient matters to nothing."""

WIDE = 1e-2
"""A bar above this share of the size of a parameter's gradient is too wide to tell right from wrong."""

STRAY = 1e-2
"""So large a share of a parameter's entries may be too wide to tell before the parameter is."""

OWN_ROUNDING = 64
"""Rounding of the code's gradient in units of the largest entry's: sums of some hundred terms of both signs."""

LOSS_ROUNDING = 16
"""The same in units of the loss: near a minimum the terms cancel and are as large as the loss, not the gradient."""


class Verdict(enum.StrEnum):
    """Whether a number agrees with the measured derivative, as far as the error bar can tell."""

    PASS = "pass"  # noqa: S105  # no password
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
        relative_error: ||a - n|| / (||a|| + ||n||), 0 where both are zero; at a kink n is the subgradient nearest to a.
        error_bar: the same ratio for the error bar of the measured gradient: no relative error below it means
            anything.
        verdict: see `Verdict`.
        reason: why the verdict is what it is, where that is not plain; empty otherwise.
        wrong: flat indices of the entries that fail, most wrong first, at most 100.
        checked: how many entries were compared.
        wrong_count: how many entries fail.
        kink_count: how many entries lie on a kink and hold a valid subgradient.
        unknown_count: how many entries' bars are too wide to tell.
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
    wrong_count: int = 0
    kink_count: int = 0
    unknown_count: int = 0


def compare(
    analytic: Structure, numerical: NumericalGradient, *, negligible: float = NEGLIGIBLE
) -> dict[str, Comparison]:
    """Judge a gradient that code computed by the measured one, parameter by parameter.

    An entry fails where the two differ by more than the error bar, the rounding that the code's own sums may have, and
    the negligible share of the parameter's size together; all of these scale with the loss, so the verdict does not.

    Args:
        analytic: the structure of x, or a mapping of the parameters' names. None stands for zeros.
        numerical: what was measured; entries that were not are not judged.
        negligible: a difference below this share of the root mean square of the parameter's gradient is none.

    Returns:
        A `Comparison` per parameter, by name, in order.

    Raises:
        InputError: a key is missing or unknown, or a shape differs.

    Example:
        >>> from gradcheck.numerics import numerical_gradient
        >>> measured = numerical_gradient(lambda x: x[0] ** 2 + 3 * x[1], [1.0, 5.0])
        >>> compare([2.0, 3.0], measured)["x"].verdict.value
        'pass'
        >>> compare([2.0, 3.001], measured)["x"].wrong
        (1,)
    """
    return {judged.name: _summary(judged) for judged in _judge_all(analytic, numerical, negligible)}


def entry_verdicts(
    analytic: Structure, numerical: NumericalGradient, *, negligible: float = NEGLIGIBLE
) -> dict[str, NDArray[np.str_]]:
    """The verdict of every entry, by name, in the parameter's shape; "" where it was not measured.

    Args:
        analytic: as for `compare`.
        numerical: as for `compare`.
        negligible: as for `compare`.
    """
    verdicts = {}
    for judged in _judge_all(analytic, numerical, negligible):
        names = np.full(judged.measured.shape, "", dtype="<U12")
        names[judged.measured] = np.select(
            [judged.wrong, judged.unknown, judged.on_kink],
            [Verdict.FAIL.value, Verdict.INCONCLUSIVE.value, Verdict.KINK.value],
            Verdict.PASS.value,
        )
        verdicts[judged.name] = names
    return verdicts


@dataclass(frozen=True, slots=True)
class _Judged:
    """One parameter's measured entries, flat, and what each was found to be."""

    name: str
    shape: tuple[int, ...]
    measured: NDArray[np.bool_]
    analytic: NDArray[np.inexact]
    nearest: NDArray[np.inexact]  # the measured value, at a kink the subgradient nearest to the code's
    bar: Vector
    wrong: NDArray[np.bool_]
    unknown: NDArray[np.bool_]
    on_kink: NDArray[np.bool_]


def _judge_all(analytic: Structure, numerical: NumericalGradient, negligible: float) -> list[_Judged]:
    parameters = numerical.parameters
    given = parameters.split(parameters.flatten(analytic))
    precision = parameters.precision_of(analytic)
    return [
        _judge(leaf.name, given[leaf.name], numerical, negligible, precision[leaf.name])
        for leaf in parameters.leaves
    ]


def _judge(
    name: str, given: NDArray[np.inexact], numerical: NumericalGradient, negligible: float, precision: float
) -> _Judged:
    measured = numerical.methods[name] != ""
    a, n, bar = given[measured], numerical.values[name][measured], numerical.bars[name][measured]
    kink = numerical.kinks[name][measured]
    nearest = _nearest(a, n, kink, numerical.left[name][measured], numerical.right[name][measured])
    finite = np.isfinite(n) & np.isfinite(bar)
    ends = np.fmax(np.abs(numerical.left[name]), np.abs(numerical.right[name]))[measured]
    magnitude = np.where(kink, ends, np.abs(n))
    largest = float(magnitude.max(initial=0, where=finite))
    size = math.sqrt(float(np.mean(magnitude[finite] ** 2))) if finite.any() else 0.0
    loss = precision * LOSS_ROUNDING * abs(numerical.base)
    slack = precision * OWN_ROUNDING * largest + loss + negligible * size
    difference = np.abs(a - nearest)
    # At a kink the bar spans the subgradients, which are exempt already; what is left is how well their ends are known.
    narrow = np.where(kink, np.abs(numerical.right[name] - numerical.left[name])[measured] / 2, 0)
    reach = np.where(kink, np.maximum(bar - narrow, 0), bar) + slack
    unknown = ~finite | (bar - narrow > WIDE * np.maximum(magnitude, max(size, 100 * loss)))
    wrong = ~np.isfinite(a) | (finite & ~(difference <= reach))
    on_kink = kink & ~wrong & ~unknown
    shape = numerical.parameters.leaf(name).shape
    return _Judged(name, shape, measured, a, nearest, bar, wrong, unknown & ~wrong, on_kink)


def _nearest(
    a: NDArray[np.inexact],
    n: NDArray[np.inexact],
    kink: NDArray[np.bool_],
    left: NDArray[np.inexact],
    right: NDArray[np.inexact],
) -> NDArray[np.inexact]:
    """The measured value, or where there is a kink the valid subgradient nearest to the code's value."""
    if not kink.any():
        return n
    between = np.clip(a.real, np.fmin(left.real, right.real), np.fmax(left.real, right.real))
    if a.dtype.kind == "c":
        between = between + 1j * np.clip(
            a.imag, np.fmin(left.imag, right.imag), np.fmax(left.imag, right.imag)
        )
    return np.where(kink & np.isfinite(between), between, n)


def _summary(judged: _Judged) -> Comparison:
    a, n = judged.analytic, judged.nearest
    known = np.isfinite(n)
    norm_a, norm_n = _norm(a[known]), _norm(n[known])
    total = norm_a + norm_n
    difference = np.abs(a - n)
    order = np.argsort(-np.nan_to_num(difference[judged.wrong], nan=np.inf), kind="stable")
    flat = np.flatnonzero(judged.measured)[judged.wrong][order]
    verdict, reason = _verdict(judged)
    bar = _norm(judged.bar[known & np.isfinite(judged.bar)]) if np.isfinite(judged.bar).all() else math.inf
    return Comparison(
        name=judged.name,
        shape=judged.shape,
        analytic_norm=norm_a,
        numerical_norm=norm_n,
        cosine=float(np.vdot(a[known] / norm_a, n[known] / norm_n).real) if norm_a and norm_n else math.nan,
        relative_error=_norm((a - n)[known]) / total if total else 0.0,
        error_bar=bar / total if total else 0.0,
        verdict=verdict,
        reason=reason,
        wrong=tuple(int(i) for i in flat[:100]),
        checked=a.size,
        wrong_count=int(judged.wrong.sum()),
        kink_count=int(judged.on_kink.sum()),
        unknown_count=int(judged.unknown.sum()),
    )


def _norm(values: NDArray[np.inexact]) -> float:
    """Euclidean norm that neither overflows nor underflows."""
    largest = float(np.abs(values).max(initial=0))
    return largest * float(np.linalg.norm(values / largest)) if 0 < largest < math.inf else largest


def _verdict(judged: _Judged) -> tuple[Verdict, str]:
    count = judged.analytic.size
    if judged.wrong.any():
        lost = int((~np.isfinite(judged.analytic)).sum())
        return (
            Verdict.FAIL,
            f"{lost} of {count} entries of the code's gradient are NaN or infinite" if lost else "",
        )
    unknown = int(judged.unknown.sum())
    if unknown > STRAY * count:
        widest = "no bar could be given" if not np.isfinite(judged.bar).all() else "the error bar is too wide"
        return Verdict.INCONCLUSIVE, f"{widest} in {unknown} of {count} entries; examine() says why"
    if judged.on_kink.any():
        return (
            Verdict.KINK,
            f"{int(judged.on_kink.sum())} of {count} entries lie on a kink and hold a subgradient",
        )
    return Verdict.PASS, f"{unknown} of {count} entries could not be told" if unknown else ""
