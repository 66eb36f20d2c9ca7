"""Matching: which expressions of a pool come to a required value, or to a multiple of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.repair.synthesis.pool import Entry, Pool

CLOSE = 2e-6
# Central differences leave about 1e-9 of the largest entry; a right expression agrees to that.
PRECISION = 1e-13
# Of the difference of two squares.
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


def matches(wanted: Array, pool: Pool) -> Iterator[Match]:
    """The matches, in the order of the pool.

    Args:
        wanted: what is required; NaN where that is not known.
        pool: expressions in scope.
    """
    known = np.isfinite(wanted)
    target = wanted[known]
    size = float(np.max(np.abs(target), initial=0.0))
    if size == 0.0:
        return
    rows, powers = pool.table(wanted.shape, known)
    shares = rows @ target
    # What is left of the target beside its best multiple of a row, squared: |t|^2 - (r.t)^2 / |r|^2.
    left = float(target @ target) - shares**2 / powers
    for at in np.flatnonzero(left <= (PRECISION + CLOSE**2) * target.size * size**2):
        entry, row = pool.of(wanted.shape)[at], rows[at]
        factor = float(shares[at] / powers[at])
        if np.max(np.abs(row - target)) <= CLOSE * size:
            yield Match(entry, 1.0)
        elif target.size >= ENOUGH and np.max(np.abs(factor * row - target)) <= CLOSE * size:
            yield Match(entry, factor)


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
