"""Look at the weights as they are drawn: one sign only, the same numbers twice, every number alike."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.births import birth_lines, never_negative
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.program import Values

LEAST = 14
# A fair draw has so many entries of one sign with a chance of 2^-13.
ALIKE = 1e-9
SAME = 1e-6
# Differences measure a gradient to some nine digits: units that differ by less are alike.
FINE = 2.0**20
# A multiple of its inverse was typed: a draw has some fifty binary digits.
SHARED = 6
# So many leading numbers in one proportion to nine digits do not come about by chance.


def draw_audit(lab: Lab) -> Observation:
    """Facts: three lists, each thing found with its `lines` and `parameters`.

    `one_sided`: {sign, entries, least, most}. `reused`: {shared, ratio}, of two matrices. `alike`, at most one:
    {value, apart}, every weight matrix constant and not 0; `apart` is how far the units' gradients differ, as a share
    of the largest entry, the largest over the matrices before the last.
    """
    parameters = lab.program.start().parameters()
    weights = {name: value for name, value in parameters.items() if _is_drawn(value)}
    return Observation(
        "draw_audit",
        {
            "one_sided": [
                {**fact, "lines": birth_lines(lab, fact["parameters"])} for fact in _one_sided(lab, weights)
            ],
            "reused": [
                {**fact, "lines": birth_lines(lab, fact["parameters"][1:])} for fact in _reused(weights)
            ],
            "alike": [{**fact, "lines": birth_lines(lab, fact["parameters"])} for fact in _alike(lab)],
        },
    )


def _alike(lab: Lab) -> list[dict[str, Any]]:
    """The weights, where every matrix of two or more is constant and the gradient tells no two units apart."""
    matrices = {n: v for n, v in lab.program.start().parameters().items() if v.ndim == 2 and min(v.shape) > 1}
    if len(matrices) < 2 or any(np.ptp(value) > 0.0 or not np.any(value) for value in matrices.values()):
        return []
    hidden = list(matrices)[:-1]
    apart = max(_apart(lab.truth.numerical.values[name]) for name in hidden)
    if apart > SAME:
        return []
    value = float(next(iter(matrices.values())).flat[0])
    return [{"parameters": list(matrices), "value": value, "apart": apart}]


def _apart(gradient: NDArray[np.float64]) -> float:
    """How far a gradient's columns differ, or its rows where those differ less, as a share of its largest entry."""
    largest = float(np.max(np.abs(gradient), initial=0.0))
    spread = min(float(np.max(np.ptp(gradient, axis=axis))) for axis in (0, 1))
    return spread / largest if largest > 0 else 0.0


def _is_drawn(value: NDArray[np.float64]) -> bool:
    """Whether a parameter is a matrix of numbers that mostly differ and have many digits, as random draws do."""
    matrix = value.ndim == 2 and value.size > max(value.shape)
    round_ones = np.count_nonzero(value * FINE == np.round(value * FINE))
    return bool(matrix and np.unique(value).size > value.size // 2 > round_ones)


def _one_sided(lab: Lab, weights: Values) -> list[dict[str, Any]]:
    return [
        {
            "parameters": [name],
            "sign": "positive" if value.min() > 0 else "negative",
            "entries": value.size,
            "least": float(value.min()),
            "most": float(value.max()),
        }
        for name, value in weights.items()
        if (value.min() > 0 or value.max() < 0) and (value.size >= LEAST or never_negative(lab, name))
    ]


def _reused(weights: Values) -> list[dict[str, Any]]:
    """Pairs of matrices whose numbers, in the order drawn, are in one proportion as far as the shorter one goes."""
    found = []
    for (first, one), (second, other) in combinations(weights.items(), 2):
        shared = min(one.size, other.size)
        a, b = one.ravel()[:shared], other.ravel()[:shared]
        if shared < SHARED or np.any(a == 0.0):
            continue
        ratio = float(b[0] / a[0])
        if np.allclose(b, ratio * a, rtol=ALIKE, atol=0.0):
            found.append({"parameters": [first, second], "shared": shared, "ratio": ratio})
    return found
