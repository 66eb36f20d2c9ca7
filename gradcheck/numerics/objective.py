"""The user's scalar function seen from lines through one point: f(x + t d), counted and protected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.parameters import Parameters, Vector


@dataclass(slots=True)
class Objective:
    """A scalar function of parameters, evaluated at points near x; the caller's own objects are never handed out.

    Attributes:
        function: f, from the structure x came in to one number.
        parameters: x.
        evaluations: how often f has been called.
    """

    function: Callable[[Any], Any]
    parameters: Parameters
    evaluations: int = field(default=0)

    def at(self, vector: NDArray[Any]) -> Any:
        """The number f returns at `vector`, whatever its type; NaN where f leaves its domain."""
        self.evaluations += 1
        with np.errstate(all="ignore"):
            try:
                value = self.function(self.parameters.build(vector))
            except (ArithmeticError, ValueError):
                return np.nan
        return as_number(value)

    def base(self) -> Any:
        """The number f returns at x itself.

        Raises:
            InputError: f raises, or does not return one number.
        """
        self.evaluations += 1
        with np.errstate(all="ignore"):
            try:
                value = self.function(self.parameters.build(self.parameters.vector.copy()))
            except Exception as error:
                raise InputError(
                    f"f raised at x: {type(error).__name__}: {error}",
                    hint="call f(x) by itself first; it gets x in the structure you passed, as float64",
                ) from error
        return as_number(value)

    def along(self, directions: Lines, which: NDArray[np.intp], steps: NDArray[Any]) -> NDArray[Any]:
        """f(x + t d) for each pair of a line's number and a step t, shape of `which`."""
        values = np.empty(which.shape, dtype=np.complex128 if steps.dtype.kind == "c" else np.float64)
        for i, (line, step) in enumerate(zip(which.tolist(), steps.tolist(), strict=True)):
            value = self.at(directions.point(self.parameters.vector, line, step))
            values[i] = value if values.dtype.kind == "c" else real(value)
        return values


@dataclass(frozen=True, slots=True)
class Lines:
    """Straight lines through x: along single entries, or along dense directions.

    Attributes:
        entries: slots of the vector, one per line; or None.
        directions: ``(lines, n)``; or None.
    """

    entries: NDArray[np.intp] | None = None
    directions: Vector | None = None

    def __len__(self) -> int:
        lines = self.directions if self.entries is None else self.entries
        assert lines is not None
        return len(lines)

    def point(self, x: Vector, line: int, step: complex) -> NDArray[Any]:
        """x + step * d as a fresh vector that f may write to."""
        if self.entries is None:
            assert self.directions is not None
            return np.asarray(x + step * self.directions[line])
        point = x.astype(np.complex128) if isinstance(step, complex) else x.copy()
        point[self.entries[line]] += step
        return point


def as_number(value: Any) -> Any:
    """A float, complex or numpy scalar out of whatever one-number form f returned it in."""
    if isinstance(value, float | complex | np.inexact):
        return value
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "fiubc" or array.size != 1:
        shown = f"an array of shape {array.shape}" if array.size != 1 else repr(value)
        raise InputError(
            f"f must return one number, it returned {shown}",
            hint="return the loss summed or averaged; for functions with array results there is check_vjp",
        )
    return array.reshape(())[()]


def real(value: Any) -> float:
    """The real part where the imaginary part is zero, NaN otherwise: a loss that turned complex left its domain."""
    if isinstance(value, complex | np.complexfloating):
        return float(value.real) if value.imag == 0 else np.nan
    return float(value)
