"""Why numbers disagree: what can be wrong with f or with x before any gradient is to blame."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradcheck.numerics import complexstep, ladder
from gradcheck.numerics.noise import estimate
from gradcheck.numerics.objective import Function, Lines, Objective, as_number, precision, real
from gradcheck.numerics.parameters import Parameters, Structure, Vector
from gradcheck.numerics.samples import EPS, Samples
from gradcheck.numerics.watching import Watch

NOISY = 64.0  # noise in units of rounding from which it is worth a word
CANCELLED = 1e8  # a loss so many times larger than all it changes by has lost half its digits
REPEATS = 3  # a dropout mask on few units may come out the same twice
FEW = 64  # entries up to which each is moved by itself to see where f stops being finite
SHOWN = 3  # of those are named
FLAT_STEPS = (1e-6, 1e-3, 0.1)


class Cause(enum.StrEnum):
    """What makes a numerical and a correct gradient disagree."""

    NONDETERMINISTIC = "nondeterministic"
    NOISY = "noisy"
    WRITES_INPUT = "writes_input"
    ALIASES_INPUT = "aliases_input"
    INTEGER = "integer"
    SINGLE_PRECISION = "single_precision"
    CANCELLATION = "cancellation"
    NOT_FINITE = "not_finite"
    KINK = "kink"
    PLATEAU = "plateau"


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found.

    Attributes:
        causes: what was found, with one sentence each.
        noise: how much f scatters around its exact value, in units of f; NaN where f(x) is not finite.
        evaluations: how often f was called.
    """

    causes: dict[Cause, str]
    noise: float
    evaluations: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences."""
        return tuple(self.causes.values())

    @property
    def nondeterministic(self) -> bool:
        """Whether f or the gradient gives different results for one x."""
        return Cause.NONDETERMINISTIC in self.causes


def examine(f: Function, x: Structure, grad: Function | None = None, *, seed: int = 0) -> Examination:
    """Look for reasons other than a wrong gradient why numbers may disagree.

    Args:
        f: the scalar function.
        x: where.
        grad: the function under test, if there is one: run twice, and watched for writing to its inputs.
        seed: of the random direction that f is looked at along.

    Raises:
        InputError: x cannot be read, or f raises or does not return one number.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> list(examine(lambda x: x**2 + rng.normal(), 1.0).causes)
        [<Cause.NONDETERMINISTIC: 'nondeterministic'>]
    """
    parameters = Parameters.of(x)
    watch = Watch(f, parameters)
    causes = dict(_types(parameters))
    first = watch.call(f)
    second = next((again for _ in range(REPEATS) if not _alike(again := watch.call(f), first)), first)
    value = real(as_number(first))
    if watch.written:
        causes[Cause.WRITES_INPUT] = f"f writes to its input {', '.join(watch.written)}: work on a copy there"
    if watch.aliased:
        causes[Cause.ALIASES_INPUT] = f"f returns its input {watch.aliased[0]} itself, not a copy of it"
    if not np.isfinite(value):
        causes[Cause.NOT_FINITE] = f"f(x) is {value}: {_where_lost(f, parameters, finite_at_x=False)}"
        return Examination(causes, np.nan, watch.evaluations)
    other = real(as_number(second))
    if not _same(value, other):
        causes[Cause.NONDETERMINISTIC] = (
            f"f is nondeterministic: it gave {value!r} and then {other!r} for the same x; fix its random seed"
        )
    elif grad is not None:
        causes.update(_gradient_twice(grad, watch))
    if precision(first) > EPS:
        causes[Cause.SINGLE_PRECISION] = (
            f"f returns {np.asarray(first).dtype} though x came in float64: somewhere it casts down"
        )
    noise = abs(value - other)
    if Cause.NONDETERMINISTIC not in causes:
        spent, noise = _along_a_line(f, parameters, value, precision(first), causes, seed)
        watch.evaluations += spent
    return Examination(causes, noise, watch.evaluations)


def _types(parameters: Parameters) -> Iterator[tuple[Cause, str]]:
    kinds = {leaf.name: leaf.dtype for leaf in parameters.leaves}
    whole = [name for name, kind in kinds.items() if kind.kind in "iu"]
    single = [name for name, kind in kinds.items() if kind in (np.float32, np.float16, np.complex64)]
    if whole:
        yield Cause.INTEGER, f"{', '.join(whole)} came as integers: steps and updates there would round away"
    if single:
        yield (
            Cause.SINGLE_PRECISION,
            f"{', '.join(single)} came as {kinds[single[0]]}: f was measured with float64 copies",
        )


def _alike(first: Structure, second: Structure) -> bool:
    return _same(real(as_number(first)), real(as_number(second)))


def _same(first: float, second: float) -> bool:
    if np.isnan(first) and np.isnan(second):
        return True
    return first == second or abs(first - second) <= 4 * EPS * max(abs(first), abs(second))


def _gradient_twice(grad: Function, watch: Watch) -> Iterator[tuple[Cause, str]]:
    written = watch.written
    first = watch.parameters.flatten(watch.call(grad))
    second = watch.parameters.flatten(watch.call(grad))
    if watch.written != written:
        yield (
            Cause.WRITES_INPUT,
            f"the gradient writes to its input {', '.join(watch.written)}: work on a copy there",
        )
    if watch.aliased:
        yield (
            Cause.ALIASES_INPUT,
            f"the gradient returns its input {watch.aliased[0]} itself, not a copy of it",
        )
    size = np.nanmax(np.abs(first), initial=0)
    if not np.allclose(first, second, rtol=1e-9, atol=1e-9 * size, equal_nan=True):
        place = watch.parameters.label(int(np.nanargmax(np.abs(first - second))))
        yield (
            Cause.NONDETERMINISTIC,
            f"the gradient is nondeterministic: two calls differ at {place}; fix its random seed",
        )
    lost = np.flatnonzero(~np.isfinite(first))
    if lost.size:
        place = watch.parameters.label(int(lost[0]))
        yield (
            Cause.NOT_FINITE,
            f"the gradient is {first[lost[0]]} at {place} ({lost.size} such entries)",
        )


def _along_a_line(
    f: Function, parameters: Parameters, value: float, eps: float, causes: dict[Cause, str], seed: int
) -> tuple[int, float]:
    """Noise, cancellation, kinks, plateaus and edges along one random direction; evaluations and noise."""
    objective = Objective(f, parameters)
    direction = np.random.default_rng(seed).standard_normal((1, parameters.size))
    direction /= np.linalg.norm(direction)
    lines = Lines(directions=direction)
    near = objective.along(
        lines, np.zeros(2 * len(FLAT_STEPS), dtype=np.intp), np.array([*FLAT_STEPS, *_negative()])
    )
    if not np.isfinite(near).all():
        lost = int(np.sum(~np.isfinite(near)))
        causes[Cause.NOT_FINITE] = (
            f"f is not finite at {lost} of {near.size} points around x, so x lies near an edge: "
            + _where_lost(f, parameters, finite_at_x=True)
        )
    moves = np.abs(near - value)
    swing = float(np.nanmax(moves, initial=0))
    noise = estimate(objective, lines, value)
    if swing == 0:
        causes[Cause.PLATEAU] = (
            "f does not change around x: every derivative is 0 there, whatever a gradient says"
        )
        return objective.evaluations, noise
    if abs(value) > CANCELLED * swing:
        causes[Cause.CANCELLATION] = (
            f"f(x) = {value:.3g} but changes by {swing:.1g} around x: a large constant hides it; leave it out"
        )
    elif noise > NOISY * eps * max(abs(value), swing):
        causes[Cause.NOISY] = (
            f"f scatters by {noise:.1e} around smooth values, {noise / (EPS * abs(value)):.0f} roundings"
        )
    slopes = ladder.climb(Samples(objective, lines, value, eps=eps, floor=noise), searches=4)
    if slopes.kink.any() or _kinks(objective, parameters, value, eps, noise):
        causes[Cause.KINK] = (
            "x lies on a kink of f: slopes to the two sides differ, and any value between is valid"
        )
    return objective.evaluations, noise


def _where_lost(f: Function, parameters: Parameters, *, finite_at_x: bool) -> str:
    """Which entries f turns on: those it stops, or starts, being finite for when they alone are moved."""
    bad = parameters.first_not_finite()
    if bad:
        return f"x itself is not finite at {bad}"
    if parameters.size <= FEW:
        lines = Lines(np.repeat(np.arange(parameters.size), 2 * len(FLAT_STEPS)))
        steps = np.tile([*FLAT_STEPS, *_negative()], parameters.size)
        moved = Objective(f, parameters).along(lines, np.arange(steps.size), steps)
        turns = (np.isfinite(moved) != finite_at_x).reshape(parameters.size, -1).any(axis=1)
        if turns.any():
            names = ", ".join(parameters.label(int(slot)) for slot in np.flatnonzero(turns)[:SHOWN])
            return f"it turns on {names}; look for log, sqrt or a division there"
    return "look for log(0), an overflowing exp or 0/0"


def _negative() -> Iterator[float]:
    return (-step for step in FLAT_STEPS)


def _kinks(objective: Objective, parameters: Parameters, value: float, eps: float, noise: float) -> bool:
    """Whether any of a few single entries lies on a kink: along a random direction kinks of many entries can hide."""
    entries = np.unique(np.linspace(0, parameters.size - 1, min(8, parameters.size)).astype(np.intp))
    slopes = ladder.climb(Samples(objective, Lines(entries), value, eps=eps, floor=noise), searches=4)
    return bool(slopes.kink.any())


def is_analytic(f: Function, x: Structure, *, seed: int = 0) -> bool:
    """Whether the complex step can be used on f: it agrees with differences, inside their bar, along a direction.

    Example:
        >>> is_analytic(lambda x: np.sum(np.exp(x)), np.ones(3)), is_analytic(lambda x: np.abs(x).sum(), np.ones(3))
        (True, False)
    """
    parameters = Parameters.of(x)
    objective = Objective(f, parameters)
    direction: Vector = np.random.default_rng(seed).standard_normal((1, parameters.size))
    lines = Lines(directions=direction / np.linalg.norm(direction))
    values = complexstep.slopes(objective, lines)
    if values is None:
        return False
    slopes = ladder.climb(Samples(objective, lines, real(objective.base())), searches=4)
    return bool(
        np.abs(values - slopes.value)[0] <= slopes.bar[0] < np.abs(slopes.value[0]) + np.abs(values[0])
    )
