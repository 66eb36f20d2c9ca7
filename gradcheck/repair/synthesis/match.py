"""Matching: which expressions of a pool come to a required value, or to a multiple of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.repair.synthesis.pool import Entry

CLOSE = 2e-6
# Central differences leave about 1e-9 of the largest entry; a right expression agrees to that.
ENOUGH = 3
# A multiple is no evidence where fewer entries agree.
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """An expression that comes to `factor` times less than what is required.

    Attributes:
        entry: the expression.
        factor: what it has to be multiplied by; 1 where it is right as it stands.
    """

    entry: Entry
    factor: float


def matches(wanted: Array, pool: list[Entry]) -> Iterator[Match]:
    """The matches, in the order of the pool.

    Args:
        wanted: what is required; NaN where that is not known.
        pool: expressions of its shape.
    """
    known = np.isfinite(wanted)
    target = wanted[known]
    size = float(np.max(np.abs(target), initial=0.0))
    if not pool or size == 0.0:
        return
    rows = np.array([entry.value[known] for entry in pool])
    with np.errstate(all="ignore"):
        power = np.einsum("ij,ij->i", rows, rows)
        factors = rows @ target / np.where(power == 0.0, np.nan, power)
        left = np.max(np.abs(factors[:, None] * rows - target), axis=1)
        exact = np.max(np.abs(rows - target), axis=1) <= CLOSE * size
    for at in np.flatnonzero(exact | (left <= CLOSE * size)):
        if exact[at]:
            yield Match(pool[at], 1.0)
        elif target.size >= ENOUGH:
            yield Match(pool[at], float(factors[at]))


def combination(wanted: Array, terms: list[Entry]) -> list[tuple[float, Entry]] | None:
    """The one sum of multiples of terms that comes to a required value; None where there is none, or several.

    Args:
        wanted: what is required; NaN where that is not known.
        terms: arrays that broadcast to its shape.
    """
    known = np.isfinite(wanted)
    target = wanted[known]
    columns = [np.broadcast_to(term.value, wanted.shape)[known] for term in terms]
    if not columns or target.size < len(columns) + ENOUGH:
        return None
    matrix = np.stack(columns, axis=1)
    scale = np.max(np.abs(matrix), axis=0)
    scale[scale == 0.0] = 1.0
    found, _, rank, _ = np.linalg.lstsq(matrix / scale, target, rcond=1e-10)
    size = float(np.max(np.abs(target), initial=0.0))
    if rank < len(columns) or size == 0.0 or np.max(np.abs(matrix / scale @ found - target)) > CLOSE * size:
        return None
    parts = zip(found / scale, found, terms, strict=True)
    return [(float(k), term) for k, share, term in parts if abs(share) > CLOSE * size]
