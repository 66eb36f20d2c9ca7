"""The error of a gradient along random directions: pass or fail for a handful of evaluations.

With r = code's gradient - true gradient, r.v is the code's gradient times v less a directional derivative, for any v. A
Gaussian v shows less than 1/c of the norm of r with probability 0.8/c, and k of them with (0.8/c)^k.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics import complexstep, ladder
from gradcheck.numerics.objective import Lines, Objective, real
from gradcheck.numerics.parameters import Vector
from gradcheck.numerics.samples import EPS, Samples, short_binary

DIRECTIONS = 3
STEP = 2.0**-9  # largest change of any number, in units of the usual size of x
SHARE = 1 / 1024  # step of two pairs, in units of the radius
CAUTION = 16.0  # the noise of f, in units of the rounding of its value
PROOF = 1e-9  # relative agreement of two independent derivatives that no accident explains
MISS = 1e-6


@dataclass(slots=True)
class Residual:
    """Measures r.v: how far a gradient is off along a direction, with an error bar.

    Attributes:
        objective: f and x.
        analytic: the gradient under test, ``(n,)``.
        by_complex: whether derivatives come from the complex step; settled by the caller.
        noise: how much f scatters, in units of f; 0 until measured.
        radius: the scale on which f bends along a direction of length 1; 0 until measured.
        base: f(x); None until evaluated.
    """

    objective: Objective
    analytic: Vector
    by_complex: bool = False
    noise: float = 0.0
    radius: float = 0.0
    base: float | None = None

    def along(self, directions: Vector, *, precise: bool = False) -> tuple[Vector, Vector]:
        """r.v and its bar for each of some directions ``(k, n)``; by the full ladder if `precise`."""
        if self.by_complex:
            slopes = complexstep.slopes(self.objective, Lines(directions=directions))
            assert slopes is not None  # it took complex numbers when it was chosen
            return self._by_complex(directions, slopes)
        values, bars = self._ladder(directions) if precise else self.differences(directions)
        summed = EPS * 8 * np.sqrt((directions**2) @ self.analytic**2)
        return directions @ self.analytic - values, bars + summed

    def _ladder(self, directions: Vector) -> tuple[Vector, Vector]:
        """The best that differences can do; leaves what it learned of noise and scale for `differences`."""
        if self.base is None:
            self.base = real(self.objective.base())
        lengths = np.linalg.norm(directions, axis=1)
        slopes = ladder.climb(
            Samples(self.objective, Lines(directions=directions / lengths[:, None]), self.base)
        )
        self.noise = max(self.noise, 4 * float(np.max(slopes.noise)))
        radius = float(np.min(slopes.radius))
        self.radius = radius if not self.radius else min(self.radius, radius)
        return slopes.value * lengths, slopes.bar * lengths

    def differences(self, directions: Vector) -> tuple[Vector, Vector]:
        """Directional derivatives by two pairs of evaluations each, and their bars."""
        steps = self._steps(directions)
        which = np.arange(len(directions))
        grid = np.stack([steps, -steps, steps / 2, -steps / 2])
        values = self.objective.along(Lines(directions=directions), np.broadcast_to(which, grid.shape), grid)
        size = np.nanmax(np.abs(values), initial=0)
        noise = self.noise or CAUTION * EPS * float(size)
        wide, narrow = (values[0] - values[1]) / (2 * steps), (values[2] - values[3]) / steps
        value = narrow + (narrow - wide) / 3
        # What is left after a correction is smaller by the square of step over radius, if that is known; a sixteenth of
        # the radius is allowed for.
        left = (16 * SHARE) ** 2 if self.radius else 1.0
        bars = np.abs(value - narrow) * left + 3 * noise / steps
        return value, np.where(np.isfinite(value), bars, np.inf)

    def _steps(self, directions: Vector) -> Vector:
        """Steps that move every number by a small share of the usual size of x."""
        x = self.objective.parameters.vector
        length = self.radius * SHARE or STEP * max(math.sqrt(float(np.mean(x**2))), 1e-3)
        size = np.linalg.norm(directions, axis=1) if self.radius else np.abs(directions).max(axis=1)
        return short_binary(length / np.maximum(size, 1e-300))

    def try_complex(self, directions: Vector) -> tuple[Vector, Vector] | None:
        """r.v and its bar by the complex step, taken for now; None if f refuses complex numbers or drops their part."""
        values = complexstep.slopes(self.objective, Lines(directions=directions))
        self.by_complex = values is not None and bool(np.isfinite(values).all() and np.all(values != 0))
        return self._by_complex(directions, values) if values is not None and self.by_complex else None

    def _by_complex(self, directions: Vector, values: Vector) -> tuple[Vector, Vector]:
        summed = EPS * 8 * np.sqrt((directions**2) @ self.analytic**2)
        return directions @ self.analytic - values, summed + 64 * EPS * np.abs(values)

    def prove_complex(self, direction: Vector) -> None:
        """Keep the complex step only if it agrees with differences along a direction, inside their bar."""
        values = (
            complexstep.slopes(self.objective, Lines(directions=direction[None])) if self.by_complex else None
        )
        self.by_complex = False
        derivative, bar = self._ladder(direction[None])
        if values is not None:
            self.by_complex = bool(abs(values[0] - derivative[0]) <= bar[0] < abs(values[0]))


@dataclass(frozen=True, slots=True)
class DirectionalCheck:
    """Whether a gradient is right, from a few random directions.

    Attributes:
        agrees: whether every direction agreed within its bar; None where the bars were too wide to tell.
        errors: r.v along each direction.
        bars: the bar of each.
        caught: an error of the gradient of at least this Euclidean norm is caught, but for `miss`.
        miss: the probability, over the random directions, that such an error passes.
        by_complex: whether the complex step measured.
        evaluations: how often f was called.
    """

    agrees: bool | None
    errors: tuple[float, ...]
    bars: tuple[float, ...]
    caught: float
    miss: float
    by_complex: bool
    evaluations: int

    def __str__(self) -> str:
        verdict = {True: "agrees", False: "disagrees", None: "cannot tell"}[self.agrees]
        return (
            f"{verdict} along {len(self.errors)} random directions; an error of norm {self.caught:.1e} or more passes "
            f"with probability {self.miss:.0e} ({self.evaluations} evaluations)"
        )


def random_directions(rng: np.random.Generator, count: int, where: NDArray[np.intp], size: int) -> Vector:
    """Gaussian directions on some slots of a vector, ``(count, size)``."""
    directions = np.zeros((count, size))
    directions[:, where] = rng.standard_normal((count, where.size))
    return directions


def check_directions(
    residual: Residual, rng: np.random.Generator, *, count: int = DIRECTIONS
) -> DirectionalCheck:
    """Pass or fail from `count` complex evaluations, or four times as many real ones where those do not serve.

    The complex step needs no proof by differences where it agrees with the code's gradient: they are independent.
    """
    objective = residual.objective
    size = objective.parameters.size
    directions = random_directions(rng, count, np.arange(size), size)
    values = complexstep.slopes(objective, Lines(directions=directions))
    expected = directions @ residual.analytic
    scale = np.sqrt((directions**2) @ residual.analytic**2)
    if values is not None and np.all(values != 0) and np.all(np.abs(values - expected) <= PROOF * scale):
        errors, bars = expected - values, PROOF * scale
        by_complex = True
    else:
        measured, bars = residual.differences(directions)
        bars = bars + EPS * 8 * scale
        errors, by_complex = expected - measured, False
    agrees: bool | None = bool(np.all(np.abs(errors) <= bars))
    if agrees and not np.all(bars <= 1e-3 * np.maximum(scale, np.abs(expected))):
        agrees = None
    factor = 0.8 / MISS ** (1 / count)
    caught = float(factor * 2 * np.max(bars))
    return DirectionalCheck(
        agrees, tuple(errors.tolist()), tuple(bars.tolist()), caught, MISS, by_complex, objective.evaluations
    )
