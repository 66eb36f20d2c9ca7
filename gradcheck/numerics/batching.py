"""Many perturbed copies of x in one call of f, on a leading axis of every parameter."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.objective import Function, Lines, evaluate
from gradcheck.numerics.parameters import Form, Parameters

MEMORY = 2**24
"""Bytes of parameters in one call; f's own intermediates come on top, some tens of times as much."""
MAX_COPIES = 512
FIRST = 32
"""Copies that are tried first. More gain less and less, and lose where f's arrays outgrow a cache."""
SAMPLE = 6  # evaluations below which batching is not tried
GAIN = 0.9  # twice the copies are kept where each then takes less than this share of the time


@dataclass(slots=True)
class Pace:
    """How many copies at a time, learned from how long they take.

    Attributes:
        copies: for the next call; 0 for one by one.
        most: what memory allows.
        each: seconds a copy took at the best so far.
        growing: whether twice as many are still to be tried.
    """

    copies: int
    most: int
    each: float
    growing: bool = True

    def learn(self, count: int, seconds: float) -> None:
        """Go on to twice the copies, or back, or stay. A call that was cut short by the end tells nothing."""
        if not self.growing or count < self.copies:
            return
        better = seconds / count < GAIN * self.each
        self.growing = better and 2 * self.copies <= self.most
        if better:
            self.each = seconds / count
            self.copies *= 2 if self.growing else 1
        else:
            self.copies //= 2


@dataclass(slots=True)
class Batches:
    """Evaluates in batches where f was seen to broadcast and to gain by it, one by one elsewhere.

    Attributes:
        paces: of real and of complex numbers, which are tried apart; empty until tried.
    """

    paces: dict[bool, Pace] = field(default_factory=dict)

    def __call__(
        self,
        function: Function,
        parameters: Parameters,
        lines: Lines,
        which: NDArray[np.intp],
        steps: NDArray[Any],
    ) -> NDArray[Any]:
        """See `gradcheck.numerics.objective.evaluate`."""
        if any(leaf.form is not Form.ARRAY for leaf in parameters.leaves):
            raise InputError(
                "batched=True needs every parameter to be an array", hint="pass np.asarray(...) of lists"
            )
        kind = steps.dtype.kind == "c"
        parts = []
        start = 0
        if kind not in self.paces and which.size >= SAMPLE:
            self.paces[kind], first = _try(function, parameters, lines, which, steps)
            parts.append(first)
            start = first.size
        pace = self.paces.get(kind)
        while start < which.size:
            part = slice(start, start + pace.copies if pace and pace.copies else None)
            parts.append(_timed(pace, function, parameters, lines, which[part], steps[part]))
            start += parts[-1].size
        return np.concatenate(parts) if parts else evaluate(function, parameters, lines, which, steps)


def _timed(
    pace: Pace | None,
    function: Function,
    parameters: Parameters,
    lines: Lines,
    which: NDArray[np.intp],
    steps: NDArray[Any],
) -> NDArray[Any]:
    if pace is None or not pace.copies:
        return evaluate(function, parameters, lines, which, steps)
    began = time.perf_counter()
    values = _together(function, parameters, lines, which, steps)
    if values is None:  # outside the domain some copy may raise for all
        return evaluate(function, parameters, lines, which, steps)
    pace.learn(which.size, time.perf_counter() - began)
    return values


def _try(
    function: Function, parameters: Parameters, lines: Lines, which: NDArray[np.intp], steps: NDArray[Any]
) -> tuple[Pace, NDArray[Any]]:
    """Evaluate the first few together, and the last of them alone; compare numbers and times.

    The last, for a function that reads nothing but the first copy of a parameter gives all of them the same number.
    """
    most = int(min(MAX_COPIES, max(SAMPLE, MEMORY // (8 * parameters.size))))
    count = min(FIRST, most, which.size)
    began = time.perf_counter()
    single = evaluate(function, parameters, lines, which[count - 1 : count], steps[count - 1 : count])
    alone = time.perf_counter() - began
    began = time.perf_counter()
    together = _together(function, parameters, lines, which[:count], steps[:count])
    each = (time.perf_counter() - began) / count
    if together is None or not _same(together[-1:], single):
        return Pace(0, most, alone, growing=False), np.empty(0, dtype=single.dtype)
    if each >= alone:
        return Pace(0, most, alone, growing=False), together
    grown = min(2 * count, most)
    return Pace(grown, most, each, growing=grown > count), together


def _same(values: NDArray[Any], others: NDArray[Any]) -> bool:
    near = np.abs(values - others) <= 1e-9 * np.abs(others)
    return bool((near | (np.isnan(values) & np.isnan(others))).all())


def _together(
    function: Function, parameters: Parameters, lines: Lines, which: NDArray[np.intp], steps: NDArray[Any]
) -> NDArray[Any] | None:
    """The values of one batch; None where f does not give one number for each copy."""
    x = parameters.vector
    kind = np.complex128 if steps.dtype.kind == "c" else np.float64
    points = np.empty((which.size, x.size), dtype=kind)
    points[:] = x
    if lines.directions is None:
        points[np.arange(which.size), lines.entries[which]] += steps
    else:
        points += steps[:, None] * lines.directions[which]
    with np.errstate(all="ignore"):
        try:
            values = np.asarray(function(parameters.build(points)))
        except Exception:  # noqa: BLE001  # f need not broadcast, and may say so in any way
            return None
    if values.shape != (which.size,) or values.dtype.kind not in "fiuc":
        return None
    if kind is np.float64 and values.dtype.kind == "c":
        return np.where(values.imag == 0, values.real, np.nan)
    return values.astype(kind)
