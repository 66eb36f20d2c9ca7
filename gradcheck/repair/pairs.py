"""Pairs: two changes that only together make a gradient right, found without trying them together.

Two faults in what is added up for one gradient mask each other: mending either leaves it wrong. But what the two
changes do to the gradient adds up too, so the pairs are those whose effects sum to what the gradient lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.repair.candidate import Candidate, overlap
from gradcheck.repair.grade import TOLERANCE
from gradcheck.subject.program import Values
from gradcheck.subject.truth import Truth, fit_shape

MOST = 60
ENOUGH = 2
# Fewer measured numbers are added up to by chance.
EXTRA = 0.3
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """What a change does to the gradients.

    Attributes:
        candidate: the change.
        gradient: the gradients with it.
    """

    candidate: Candidate
    gradient: Values


def pairs(effects: list[Effect], base: Values, truth: Truth, wrong: frozenset[str]) -> list[Candidate]:
    """Pairs that should make a wrong gradient right, the least far-fetched first; none of them was tried.

    Args:
        effects: single changes, each with what it leads to.
        base: the gradients without any.
        truth: what they should be.
        wrong: names of those that are not.
    """
    found: dict[tuple[int, int], Candidate] = {}
    for name in sorted(wrong):
        lacks = _measured(base, truth, name)
        if lacks is None or lacks.size < ENOUGH:
            continue
        known = [
            (effect.candidate, moved - lacks)
            for effect in effects
            if (moved := _measured(effect.gradient, truth, name)) is not None and np.any(moved != lacks)
        ]
        for one, other in _adding_up([moved for _, moved in known], -lacks):
            some, more = known[one][0], known[other][0]
            if not overlap(some.splices, more.splices):
                found.setdefault((id(some), id(more)), _both(some, more))
    return sorted(found.values(), key=lambda candidate: candidate.cost)[:MOST]


def _measured(gradient: Values, truth: Truth, name: str) -> Array | None:
    """How far a gradient is from the truth, at the entries that were measured."""
    measured = truth.numerical.values[name]
    fitted = fit_shape(gradient[name], measured.shape) if name in gradient else None
    if fitted is None or not np.all(np.isfinite(fitted)):
        return None
    chosen = np.isfinite(measured) & ~truth.numerical.kinks[name]
    distance: Array = (fitted - measured)[chosen]
    return distance


def _adding_up(moves: list[Array], lacks: Array) -> Iterator[tuple[int, int]]:
    """Indices of the pairs of moves whose sum is what is lacking: found along one random direction, then checked."""
    if not moves:
        return
    rows = np.array(moves)
    direction = np.random.default_rng(0xADD).standard_normal(lacks.size)
    shadows, wanted = rows @ direction, float(lacks @ direction)
    size = float(np.max(np.abs(rows)))
    order = np.argsort(shadows)
    slack = TOLERANCE * size * float(np.sum(np.abs(direction)))
    low = np.searchsorted(shadows[order], wanted - shadows - slack)
    high = np.searchsorted(shadows[order], wanted - shadows + slack)
    allowed = TOLERANCE * max(float(np.max(np.abs(lacks))), float(np.finfo(float).tiny))
    for one in range(len(moves)):
        for other in order[low[one] : high[one]]:
            if one < other and np.max(np.abs(rows[one] + rows[other] - lacks)) <= allowed:
                yield one, int(other)


def _both(one: Candidate, other: Candidate) -> Candidate:
    first, second = sorted((one, other), key=lambda candidate: candidate.splices[0].start)
    return Candidate(
        splices=first.splices + second.splices,
        operator=first.operator,
        cost=one.cost + other.cost + EXTRA,
        function=first.function if first.function == second.function else "",
        statements=tuple(dict.fromkeys(first.statements + second.statements)),
    )
