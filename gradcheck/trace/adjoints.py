"""Adjoints: the true derivative of the loss by what its run computes on the way, measured by disturbing that.

These are the deltas that a backward pass should arrive at, whatever the backward pass at hand makes of them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gradcheck.trace.recorder import First, Recorder
from gradcheck.trace.tracer import Tracer

FULL = 64
# Up to so many entries all are measured; beyond, a random few.
SAMPLE = 24
MOST_RUNS = 2400
MOST_TURNS = 3
# Of an expression that is evaluated more often, as in a loop over time, the first and the last.
STEP = 6e-6
# The cube root of the rounding of float64: the step at which central differences lose least.


@dataclass(frozen=True, slots=True, eq=False)
class Adjoint:
    """The derivative of the loss by one value of its run.

    Attributes:
        site: number of the expression that computes the value.
        turn: which of its evaluations, from 0.
        value: the derivative, of the value's shape; NaN at entries that were not measured.
    """

    site: int
    turn: int
    value: NDArray[np.float64]


def adjoints(tracer: Tracer, recorder: Recorder, fits: Callable[[tuple[int, ...]], bool]) -> list[Adjoint]:
    """Measure what can be measured, the first computed first.

    Args:
        tracer: the instrumented program.
        recorder: what its loss run reported.
        fits: tells of a shape whether an adjoint of that shape is of use.
    """
    found: list[Adjoint] = []
    runs = 0
    for number, turn, value in _computed(tracer, recorder):
        if not fits(value.shape):
            continue
        entries = entries_of(value.size)
        runs += 2 * entries.size
        if runs > MOST_RUNS:
            break
        measured = _measured(tracer, number, turn, value, entries)
        if measured is not None:
            found.append(Adjoint(number, turn, measured))
    return found


def entries_of(size: int) -> NDArray[np.intp]:
    """Flat indices of the entries that are measured of an array of so many."""
    if size <= FULL:
        return np.arange(size)
    return np.sort(np.random.default_rng([0xAD, size]).choice(size, SAMPLE, replace=False))


def _computed(tracer: Tracer, recorder: Recorder) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
    """Arrays that expressions of the loss run compute, each value once, and every use of a parameter."""
    known: set[bytes] = set()
    parameters = {_key(value) for value in tracer.truth.values.values()}
    for number, sighting in recorder.seen.items():
        computes = isinstance(tracer.source.sites[number].node, ast.BinOp | ast.Call | ast.UnaryOp)
        for turn, value in enumerate(sighting.values):
            if not (
                isinstance(value, np.ndarray) and value.dtype == np.float64 and value.ndim and value.size
            ):
                continue
            key = _key(value)
            if computes and key not in known:
                known.add(key)
                yield number, turn, value
            elif not computes and key in parameters:
                yield number, turn, value


def _key(value: NDArray[np.float64]) -> bytes:
    return value.tobytes() + str(value.shape).encode()


def _measured(
    tracer: Tracer, number: int, turn: int, value: NDArray[np.float64], entries: NDArray[np.intp]
) -> NDArray[np.float64] | None:
    """Central differences, entry by entry; None where a disturbed run fails or nothing moves the loss."""
    slopes = np.full(value.size, np.nan)
    step = STEP * max(1.0, float(np.max(np.abs(value))))
    ends = tracer.losses_with(
        {number: First(partial(_moved, entry=int(entry), by=by), turn)}
        for entry in entries
        for by in (step, -step)
    )
    if ends is None:
        return None
    slopes[entries] = (np.array(ends[::2]) - np.array(ends[1::2])) / (2.0 * step)
    return slopes.reshape(value.shape) if np.any(slopes[entries]) else None


def _moved(value: NDArray[np.float64], entry: int, by: float) -> NDArray[np.float64]:
    moved = value.copy()
    moved.reshape(-1)[entry] += by
    return moved
