"""Many perturbed copies of x in one call of f, on a leading axis of every parameter."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.objective import Function, Points, evaluate
from gradcheck.numerics.parameters import Form

MEMORY = 2**24
"""Bytes of parameters in one call; f's own intermediates come on top, some tens of times as much."""
MAX_COPIES = 512
FIRST = 8  # copies that are tried first
SAMPLE = 64  # evaluations below which batching is not tried
MANY = 512  # evaluations of which a few more one by one, to time them well, are not felt
OVERHEAD = 0.25
"""No more copies at a time than bring what a call costs by itself down to this share of its arithmetic: larger arrays
soon lose more than that by leaving the cache."""
WARM = 0.75  # of the time of the first alone, those after it take; in doubt batches are not used
SLOWER = 1.1  # so many times slower a copy than in the first batch, and f's arrays have outgrown a cache


@dataclass(slots=True)
class Pace:
    """How many copies at a time, learned from how long they take.

    Attributes:
        copies: for the next call; 0 for one by one.
        alone: seconds one takes by itself.
        each: seconds a copy may take in a batch.
        settled: whether the size is final.
    """

    copies: int
    alone: float
    each: float
    settled: bool = False

    @classmethod
    def of(cls, alone: float, count: int, together: float, most: int) -> Pace:
        """From the seconds that one copy took alone and `count` took together; `most` is what memory allows."""
        each = together / count
        if each >= alone:  # another process may have held the batch up: the next one decides
            return cls(count, alone, alone)
        arithmetic = max((together - alone) / (count - 1), OVERHEAD * each)
        wanted = int((alone - arithmetic) / (OVERHEAD * arithmetic))
        return cls(max(min(wanted, most), count), alone, SLOWER * each)

    def learn(self, count: int, seconds: float) -> None:
        """Halve the batches for as long as they are slower than they may be. One cut short tells nothing."""
        if self.settled or count < self.copies:
            return
        self.settled = seconds / count <= self.each or self.copies < 2 * FIRST
        if not self.settled:
            self.copies //= 2
        elif seconds / count >= self.alone:
            self.copies = 0


@dataclass(slots=True)
class Batches:
    """Evaluates in batches where f was seen to broadcast and to gain by it, one by one elsewhere.

    Attributes:
        paces: of real and of complex numbers, which are tried apart; empty until tried.
    """

    paces: dict[bool, Pace] = field(default_factory=dict)

    def __call__(self, function: Function, points: Points) -> NDArray[Any]:
        """See `gradcheck.numerics.objective.Run`.

        Raises:
            InputError: a parameter is no array, so that it has no axes.
        """
        if any(leaf.form is not Form.ARRAY for leaf in points.parameters.leaves):
            raise InputError(
                "batched=True needs every parameter to be an array", hint="pass np.asarray(...) of lists"
            )
        kind = points.dtype is np.complex128
        values = np.empty(len(points), dtype=points.dtype)
        start = 0
        if kind not in self.paces and len(points) >= SAMPLE:
            self.paces[kind], first = _try(function, points)
            start = first.size
            values[:start] = first
        pace = self.paces.get(kind)
        while start < values.size:
            part = points.part(start, start + pace.copies if pace and pace.copies else values.size)
            found = _timed(pace, function, part) if pace and pace.copies else None
            values[start : start + len(part)] = evaluate(function, part) if found is None else found
            start += len(part)
        return values


def _timed(pace: Pace, function: Function, points: Points) -> NDArray[Any] | None:
    """The values of one batch; None where f fails, for outside its domain one copy may raise for all."""
    began = time.perf_counter()
    values = _together(function, points)
    if values is not None:
        pace.learn(len(points), time.perf_counter() - began)
    return values


def _try(function: Function, points: Points) -> tuple[Pace, NDArray[Any]]:
    """Evaluate the first few together, and the last of them, or all, alone; compare numbers and times.

    The last, for a function that reads nothing but the first copy of a parameter gives all of them the same number.
    """
    most = int(min(MAX_COPIES, max(FIRST, MEMORY // (8 * points.parameters.size))))
    count = min(FIRST, most, len(points))
    singles = count if len(points) >= MANY else 1
    began = time.perf_counter()
    single = evaluate(function, points.part(count - singles, count))
    alone = (time.perf_counter() - began) / singles * (WARM if singles == 1 else 1)
    began = time.perf_counter()
    together = _together(function, points.part(0, count))
    if together is None or not _same(together[-singles:], single):
        return Pace(0, alone, alone), np.empty(0, dtype=points.dtype)
    return Pace.of(alone, count, time.perf_counter() - began, most), together


def _same(values: NDArray[Any], others: NDArray[Any]) -> bool:
    near = np.abs(values - others) <= 1e-9 * np.abs(others)
    return bool((near | (np.isnan(values) & np.isnan(others))).all())


def _together(function: Function, points: Points) -> NDArray[Any] | None:
    """The values of one batch; None where f does not give one number for each copy."""
    with np.errstate(all="ignore"):
        try:
            values = np.asarray(function(points.parameters.build(points.stacked())))
        except Exception:  # noqa: BLE001  # f need not broadcast, and may say so in any way
            return None
    if values.shape != (len(points),) or values.dtype.kind not in "fiuc":
        return None
    if points.dtype is np.float64 and values.dtype.kind == "c":
        return np.where(values.imag == 0, values.real, np.nan)
    return values.astype(points.dtype)
