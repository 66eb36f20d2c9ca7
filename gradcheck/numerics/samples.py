"""What f was found to be along lines, and the slopes read off it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics.objective import Lines, Objective
from gradcheck.numerics.parameters import Vector

Scalar = TypeVar("Scalar", bound=np.generic)
EPS = float(np.finfo(np.float64).eps)
LOUD = 16.0  # a scatter of so many rounding errors is more than sums of a few terms leave
CLEAR = 2.0  # the same where the noise of f has been measured
NARROW = 2.0
"""Rounding of f, in units of its last place, in less than double precision. Intermediate terms are larger than the
result, and so few bits leave so few different values that a scatter of rungs often misses it."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """Derivatives along lines, all arrays ``(lines,)``.

    Attributes:
        value: the derivative; at a kink, midway between the one-sided slopes.
        bar: the truth, at a kink the whole interval of subgradients, lies within value +- bar; infinite where nothing
            can be said.
        kink: whether the one-sided slopes differ.
        left: slope from the left where there is a kink, NaN elsewhere.
        right: slope from the right where there is a kink, NaN elsewhere.
        step: the step behind the value.
        noise: how much f scatters around its exact value, in units of f.
        one_sided: whether f exists on one side only.
        radius: the scale on which f bends: steps well below it see a straight line.
        vertical: whether slopes grow without bound towards x: a jump, or a vertical tangent.
    """

    value: Vector
    bar: Vector
    kink: NDArray[np.bool_]
    left: Vector
    right: Vector
    step: Vector
    noise: Vector
    one_sided: NDArray[np.bool_]
    vertical: NDArray[np.bool_]
    radius: Vector

    @classmethod
    def unknown(cls, count: int) -> Slopes:
        """Slopes of lines that nothing is known of yet."""
        nan, no = np.full(count, np.nan), np.zeros(count, dtype=bool)
        return cls(
            value=nan,
            bar=np.full(count, np.inf),
            kink=no,
            left=nan,
            right=nan,
            step=nan,
            noise=np.zeros(count),
            one_sided=no,
            vertical=no,
            radius=nan,
        )

    def pick(self, which: NDArray[Any]) -> Slopes:
        """Those of some lines."""
        return Slopes(*(getattr(self, name)[which] for name in Slopes.__dataclass_fields__))

    def put(self, others: Slopes, which: NDArray[np.intp]) -> Slopes:
        """These, the lines `which` replaced by others, of which there are as many."""
        names = Slopes.__dataclass_fields__
        return Slopes(*(put_values(getattr(self, name), which, getattr(others, name)) for name in names))


def put_values(array: NDArray[Scalar], which: NDArray[np.intp], values: NDArray[Scalar]) -> NDArray[Scalar]:
    """A copy with some entries replaced."""
    copy = array.copy()
    copy[which] = values
    return copy


def short_binary(steps: Vector) -> Vector:
    """The steps rounded to six bits, so that x + step rarely rounds."""
    mantissa, exponent = np.frexp(steps)
    return np.asarray(np.ldexp(np.round(mantissa * 64) / 64, exponent))


@dataclass(slots=True)
class Samples:
    """What f was found to be along lines, at pairs of steps of equal size; arrays ``(rungs, lines)``, NaN where not.

    Attributes:
        objective: f and x.
        lines: the lines.
        base: f(x).
        eps: relative precision of f's results.
        floor: a noise that is known beforehand, in units of f.
        most: a noise that is known to be too large, in units of f, ``(lines,)``.
        heard: the noise that was measured close to x, ``(lines,)``, None where it was not.
    """

    objective: Objective
    lines: Lines
    base: float
    eps: float = EPS
    floor: float | Vector = 0.0
    steps: Vector = field(init=False)
    plus: Vector = field(init=False)
    minus: Vector = field(init=False)
    most: Vector = field(init=False)
    heard: Vector | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.steps = self.plus = self.minus = np.empty((0, len(self.lines)))
        self.most = np.full(len(self.lines), np.inf)

    def look(self, which: NDArray[np.intp], steps: Vector) -> tuple[Vector, Vector]:
        """F on both sides of x: ``steps`` is ``(k, len(which))``; the results have its shape."""
        both = np.concatenate([steps, -steps])
        values = self.objective.along(self.lines, np.broadcast_to(which, both.shape), both)
        return values[: len(steps)], values[len(steps) :]

    def add(self, which: NDArray[np.intp], steps: Vector) -> None:
        """Sample more rungs of some lines; rungs stay sorted by falling step, missing ones last."""
        new = np.full((3, len(steps), len(self.lines)), np.nan)
        new[0][:, which] = steps
        new[1][:, which], new[2][:, which] = self.look(which, steps)
        joined = [np.concatenate(pair) for pair in zip((self.steps, self.plus, self.minus), new, strict=True)]
        order = np.argsort(-np.nan_to_num(joined[0], nan=0.0), axis=0, kind="stable")
        self.steps, self.plus, self.minus = (np.take_along_axis(part, order, axis=0) for part in joined)

    def moved(self, steps: Vector) -> Vector:
        """How far the points at these steps ``(k, lines)`` really lie from x."""
        which = np.broadcast_to(np.arange(len(self.lines)), steps.shape)
        return self.lines.moved(self.objective.parameters.vector, which, steps)

    def quotients(self, which: NDArray[np.intp], steps: Vector, plus: Vector, minus: Vector) -> Vector:
        """Central difference quotients over the distance really moved."""
        x, lines = self.objective.parameters.vector, self.lines
        which = np.broadcast_to(which, steps.shape)
        span = lines.moved(x, which, steps) - lines.moved(x, which, -steps)
        return (plus - minus) / span

    def level(self, *values: Vector) -> Vector:
        """Rounding to expect of f where it takes these values, of their shape."""
        return (self.eps if self.eps <= EPS else NARROW * self.eps) * self._size(*values) + self.floor

    def clear(self, *values: Vector) -> Vector:
        """What no rounding of f explains where it takes these values, of their shape.

        Less than `level` where the noise has been heard: what is small enough to be noise may yet be the slope.
        """
        if self.heard is None:
            return LOUD * self.level(*values)
        return CLEAR * (self.eps / 2 * self._size(*values) + self.heard)

    def _size(self, *values: Vector) -> Vector:
        return np.asarray(np.fmax.reduce([np.abs(value) for value in values], initial=abs(self.base)))

    def floor_of(self, which: NDArray[np.intp]) -> Vector:
        """The noise known beforehand of some lines."""
        return np.broadcast_to(self.floor, len(self.lines))[which]

    def rounding(self, noise: Vector, steps: Vector, quotients: Vector) -> Vector:
        """Bound of the rounding error of central quotients, given that of f."""
        return (noise + self.inexact() * np.abs(quotients)) / steps + 4 * EPS * np.abs(quotients)

    def span(self) -> Vector:
        """The size of x in units of each line's direction, ``(lines,)``."""
        return self.inexact() / self.eps

    def inexact(self) -> Vector:
        """How far rounding may move the point along each line, ``(lines,)``."""
        return self.grain() * 2.0**-8

    def grain(self) -> Vector:
        """The smallest step worth taking on each line, ``(lines,)``, f taking x in its own precision."""
        return self.lines.grain(self.objective.parameters.vector, self.eps)

    def sides(self, *, both: bool, largest: Vector | None = None) -> tuple[Vector, Vector, Vector]:
        """Steps and values on both sides, those put last and made NaN that lie outside the domain of f.

        Args:
            both: whether f must be finite on both sides, or on one.
            largest: ``(lines,)``, leave out the steps above.
        """
        fine = [np.isfinite(self.plus), np.isfinite(self.minus)]
        inside = fine[0] & fine[1] if both else fine[0] | fine[1]
        # A rung beyond the smallest step that fails is not to be trusted either: the domain ended on the way.
        edge = np.min(self.steps, axis=0, where=~inside & np.isfinite(self.steps), initial=np.inf)
        usable = inside & (self.steps < edge)
        if largest is not None:
            usable &= self.steps <= largest
        order = np.argsort(~usable, axis=0, kind="stable")
        usable = np.take_along_axis(usable, order, axis=0)
        parts = (np.take_along_axis(part, order, axis=0) for part in (self.steps, self.plus, self.minus))
        steps, plus, minus = (np.where(usable, part, np.nan) for part in parts)
        return steps, plus, minus
