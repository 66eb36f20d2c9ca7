"""Residual fits: what the code's gradient is to the true one, where it is something simple."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.numerics import NumericalGradient
from gradcheck.subject.program import Values
from gradcheck.subject.truth import fit_shape

CLOSE = 1e-6
ENTRIES_FOR_A_FIT = 3


def residual_fits(lab: Lab) -> Observation:
    """Facts: `fits`, by wrong parameter, and `common_ratio`.

    A fit is a dict with any of: `zero` (the code's gradient is 0), `no_effect` (the true one is 0), `ratio` (a = k n),
    `weights` (a - n = c W), `signs` (a - n = c sign W), `transposed` (a holds the entries of n, elsewhere), `shape`.
    `common_ratio` is the k of a gradient that is k times the true one everywhere, else None.
    """
    wrong = [name for name in lab.comparisons if name in lab.wrong]
    return Observation("residual_fits", fits_of(lab.gradient, lab.truth.numerical, lab.truth.values, wrong))


def fits_of(
    gradient: Values, numerical: NumericalGradient, values: Values, wrong: Sequence[str]
) -> dict[str, Any]:
    """The facts of `residual_fits`, of a gradient and the measured one at some parameters."""
    fits = {name: _fit(gradient[name], numerical.values[name], values[name]) for name in wrong}
    return {"fits": fits, "common_ratio": _common_ratio(gradient, numerical)}


def _fit(
    gradient: NDArray[np.float64], n_all: NDArray[np.float64], weights: NDArray[np.float64]
) -> dict[str, Any]:
    whole = fit_shape(gradient, weights.shape)
    if whole is None:
        return {"shape": list(gradient.shape)}
    known = np.isfinite(n_all)
    a, n, w = whole[known], n_all[known], weights[known]
    fit: dict[str, Any] = {}
    if not np.any(a):
        fit["zero"] = True
    scale = float(np.max(np.abs(n), initial=0.0))
    if scale <= CLOSE * float(np.max(np.abs(a), initial=0.0)):
        fit["no_effect"] = True
    if a.size >= ENTRIES_FOR_A_FIT:
        for key, column, target in (("ratio", n, a), ("weights", w, a - n), ("signs", np.sign(w), a - n)):
            k = multiple(target, column)
            if k is not None:
                fit[key] = k
    if known.all() and weights.ndim > 1 and _same_entries(whole, n_all):
        fit["transposed"] = True
    return fit


def unaffected(lab: Lab) -> frozenset[str]:
    """Wrong parameters that the loss does not depend on at all."""
    facts = lab.once(residual_fits).facts["fits"]
    return frozenset(name for name, fit in facts.items() if "no_effect" in fit)


def multiple(target: NDArray[np.float64], column: NDArray[np.float64]) -> float | None:
    """The k with target = k column, k not 0; None where there is none."""
    power = float(column @ column)
    if power == 0.0:
        return None
    k = float(target @ column) / power
    left = float(np.max(np.abs(target - k * column)))
    size = float(np.max(np.abs(target)))
    return k if size > 0.0 and left <= CLOSE * size and abs(k) > 1e-12 else None


def _same_entries(a: NDArray[np.float64], n: NDArray[np.float64]) -> bool:
    one, other = np.sort(a.ravel()), np.sort(n.ravel())
    return bool(np.all(np.abs(one - other) <= CLOSE * np.max(np.abs(other))) and not np.allclose(a, n))


def _common_ratio(gradient: Values, numerical: NumericalGradient) -> float | None:
    pairs = []
    for name, measured in numerical.values.items():
        whole = fit_shape(gradient[name], measured.shape)
        if whole is None:
            return None
        known = np.isfinite(measured) & ~numerical.kinks[name]
        pairs.append((whole[known], measured[known]))
    a, n = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    k = multiple(a, n) if a.size >= ENTRIES_FOR_A_FIT else None
    if k is None or k <= 0.0 or abs(k - 1.0) < CLOSE:
        return None
    return k if all(_proportional(a, n, k) for a, n in pairs) else None


def _proportional(a: NDArray[np.float64], n: NDArray[np.float64], k: float) -> bool:
    """Whether one parameter keeps to the common ratio by its own scale, not only by that of the largest."""
    return bool(np.max(np.abs(a - k * n), initial=0.0) <= 1e-4 * k * np.max(np.abs(n), initial=0.0) + 1e-12)
