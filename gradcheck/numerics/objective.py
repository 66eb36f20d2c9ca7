"""The user's scalar function, seen along straight lines through x, counted and kept away from the caller's objects."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.parameters import Parameters, Structure, Vector

Function = Callable[[Any], Any]
LEAST_STEP = 2.0**-100  # where x = 0 and nothing tells how small a step may be
BLOCK = 4096  # evaluations between two reports of progress


@dataclass(frozen=True, slots=True)
class Lines:
    """Straight lines through x, along single entries or along dense directions; exactly one of the two is set.

    Attributes:
        entries: slots of the vector, one per line.
        directions: ``(lines, n)``.
    """

    entries: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    directions: Vector | None = None

    def __len__(self) -> int:
        return self.entries.size if self.directions is None else len(self.directions)

    def pick(self, which: NDArray[np.intp]) -> Lines:
        """The lines of those numbers."""
        if self.directions is None:
            return Lines(self.entries[which])
        return Lines(directions=self.directions[which])

    def point(self, x: Vector, line: int, step: complex) -> NDArray[Any]:
        """The point x + step * d, as a fresh vector that f may write to."""
        if self.directions is not None:
            return np.asarray(x + step * self.directions[line])
        point = x.astype(np.result_type(x, step))
        point[self.entries[line]] += step
        return point

    def moved(self, x: Vector, which: NDArray[np.intp], steps: Vector) -> Vector:
        """How far the point really moves, in units of d: x + step rounds where x is large."""
        if self.directions is not None:
            return steps
        at = x[self.entries[which]]
        return np.asarray((at + steps) - at)

    def grain(self, x: Vector, eps: float) -> Vector:
        """The smallest step worth taking along each line, ``(lines,)``: below it, rounding of x is all that moves."""
        if self.directions is None:
            size = np.abs(x[self.entries])
        else:
            size = np.abs(x).max() / np.maximum(np.abs(self.directions).max(axis=1), np.finfo(float).tiny)
        return np.maximum(size * eps * 2.0**8, LEAST_STEP)


@dataclass(frozen=True, slots=True)
class Points:
    """Points x + step * d to evaluate f at.

    Attributes:
        parameters: x.
        lines: the lines through x.
        which: number of each point's line, ``(points,)``.
        steps: how far along it, ``(points,)``; complex for the complex step.
    """

    parameters: Parameters
    lines: Lines
    which: NDArray[np.intp]
    steps: NDArray[Any]

    def __len__(self) -> int:
        return self.which.size

    @property
    def dtype(self) -> type[np.float64 | np.complex128]:
        """Of the points, and of the values of f there."""
        return np.complex128 if self.steps.dtype.kind == "c" else np.float64

    def part(self, start: int, stop: int) -> Points:
        """Those of some numbers."""
        return replace(self, which=self.which[start:stop], steps=self.steps[start:stop])

    def stacked(self) -> NDArray[Any]:
        """All of them as one array, ``(points, n)``."""
        x, directions = self.parameters.vector, self.lines.directions
        points = np.empty((len(self), x.size), dtype=self.dtype)
        points[:] = x
        if directions is None:
            points[np.arange(len(self)), self.lines.entries[self.which]] += self.steps
        else:
            points += self.steps[:, None] * directions[self.which]
        return points


Run = Callable[[Function, Points], NDArray[Any]]
"""Evaluates f at points, ``(points,)``: one by one as `evaluate` does, in batches, or on a pool."""


@dataclass(slots=True)
class Objective:
    """A scalar function of parameters, evaluated near x.

    Attributes:
        function: f, from the structure x came in to one number.
        parameters: x.
        run: how a block of evaluations is carried out.
        evaluations: how often f has been called, a complex call counting as one.
        progress: called with the evaluations so far after every block of them.
    """

    function: Function
    parameters: Parameters
    run: Run | None = None
    evaluations: int = 0
    progress: Callable[[int], None] | None = None

    def base(self) -> Structure:
        """The number f returns at x itself, in the type it returned it.

        Raises:
            InputError: f raises, or does not return one finite number.
        """
        self.evaluations += 1
        with np.errstate(all="ignore"):
            try:
                value = self.function(self.parameters.build(self.parameters.vector.copy()))
            except Exception as error:
                raise raised("f", error) from error
        number = as_number(value)
        if not np.isfinite(real(number)):
            place = self.parameters.first_not_finite()
            if place:
                raise InputError(f"x is not finite at {place}, so there is no derivative at x")
            raise InputError(
                f"f(x) is {number}, so there is no derivative at x",
                hint="look for log(0), an overflowing exp or 0/0 in the forward pass",
            )
        return number

    def along(self, lines: Lines, which: NDArray[np.intp], steps: NDArray[Any]) -> NDArray[Any]:
        """The values f(x + step * d), one for each pair of a line's number and a step, shape of `which`."""
        points = Points(self.parameters, lines, which.reshape(-1), steps.reshape(-1))
        values = np.empty(len(points), dtype=points.dtype)
        run = self.run or evaluate
        for start in range(0, values.size, BLOCK):
            block = points.part(start, start + BLOCK)
            values[start : start + BLOCK] = run(self.function, block)
            self.evaluations += len(block)
            if self.progress is not None:
                self.progress(self.evaluations)
        return values.reshape(which.shape)


def evaluate(function: Function, points: Points) -> NDArray[Any]:
    """Evaluate f at points, one after the other; NaN where f leaves its domain.

    Raises:
        InputError: f does not return one number.
    """
    values = np.empty(len(points), dtype=points.dtype)
    use_complex = points.dtype is np.complex128
    done = 0
    with np.errstate(all="ignore"):
        if points.lines.directions is None and points.parameters.is_viewed:
            done = _evaluate_in_place(function, points, values)
        x, build = points.parameters.vector, points.parameters.build
        left = zip(points.which[done:].tolist(), points.steps[done:].tolist(), strict=True)
        for i, (line, step) in enumerate(left, start=done):
            values[i] = _number(function, build(points.lines.point(x, line, step)), use_complex)
    return values


def _evaluate_in_place(function: Function, points: Points, values: NDArray[Any]) -> int:
    """The same on one private copy of x, an entry moved and put back; returns how many of the values stand.

    That is the first alone where f writes to its parameters, or keeps hold of them, since they would change under its
    hands; and none where it came to write to them later.
    """
    use_complex = points.dtype is np.complex128
    x = points.parameters.vector
    point = x.astype(points.dtype)
    build, owners = points.parameters.builder(point)
    before = _holders(owners)
    slots = points.lines.entries[points.which]
    kept, moved = point[slots].tolist(), (point[slots] + points.steps).tolist()
    for i, slot in enumerate(slots.tolist()):
        point[slot] = moved[i]
        values[i] = _number(function, build(), use_complex)
        if i == 0 and _holders(owners) > before:
            return 1
        point[slot] = kept[i]
        if i == 0 and not np.array_equal(point, x):
            return 1
    return values.size if np.array_equal(point, x) else 0


def _holders(arrays: list[NDArray[Any]]) -> int:
    """How many references there are to arrays; a view counts as one to the array that owns its memory."""
    return sum(map(sys.getrefcount, arrays))


def _number(function: Function, point: Structure, use_complex: bool) -> Any:
    """What f returns at a point, as a float or, where `use_complex`, in the type it came in; NaN outside its domain."""
    try:
        value = function(point)
    except InputError:
        raise
    except (ArithmeticError, ValueError):
        return np.nan
    if isinstance(value, float):  # nearly always; asked first because this runs twice an entry
        return value
    number = as_number(value)
    return number if use_complex else real(number)


def raised(what: str, error: Exception) -> InputError:
    """The error that tells of an exception in one of the caller's functions."""
    return InputError(
        f"{what} raised at x: {type(error).__name__}: {error}",
        hint=f"call {what} by itself first; it gets x in the structure you passed, in float64",
    )


def as_number(value: Structure) -> Structure:
    """A float, a complex or a numpy scalar out of whatever one-number form f returned it in.

    Raises:
        InputError: it is not one number.
    """
    if isinstance(value, float | complex | np.inexact):
        return value
    try:
        array = np.asarray(value)
    except ValueError:  # ragged lists
        array = np.asarray(None)
    if array.dtype.kind not in "fiubc" or array.size != 1:
        shown = f"an array of shape {array.shape}" if array.size != 1 else repr(value)
        raise InputError(
            f"f must return one number, it returned {shown}",
            hint="return the loss summed or averaged; check_vjp is for functions with array results",
        )
    return array.reshape(())[()]


def real(value: Structure) -> float:
    """A float; NaN for a number with an imaginary part, since a loss that turned complex left its domain."""
    if isinstance(value, complex | np.complexfloating):
        return float(value.real) if value.imag == 0 else np.nan
    return float(value)


def precision(value: Structure) -> float:
    """Relative spacing of the numbers of the type f returned: 2.2e-16 for float64 and everything exact."""
    kind = np.asarray(value).dtype
    return (
        float(np.finfo(kind).eps)
        if kind in (np.float32, np.float16, np.complex64)
        else float(np.finfo(float).eps)
    )
