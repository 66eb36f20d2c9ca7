"""Which algorithm explains the steps of an optimiser: one of the right ones, or one with a known mistake in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.optimizers import Optimizer, adam, momentum, nesterov, replay, rmsprop, sgd

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What an optimiser did with a sequence of gradients.

    Attributes:
        thetas: parameter -> its values, before the first step and after each.
        gradients: parameter -> its gradients.
        numbers: the single numbers that the optimiser holds.
        state: whether it holds arrays shaped like its parameters.
        idle: whether such an array was all zeros before and after every step.
        rates: sequences of numbers that the rate may have followed, step by step, other than staying as it was.
    """

    thetas: dict[str, list[Array]]
    gradients: dict[str, list[Array]]
    numbers: tuple[float, ...]
    state: bool = False
    idle: bool = False
    rates: tuple[tuple[float, ...], ...] = ()

    def replacing(self) -> Steps:
        """The same, had every step been taken from 0: what they are where a step is put in a parameter's place."""
        still = {name: [0 * v for v in values] for name, values in self.thetas.items()}
        ends = {
            name: np.cumsum([still[name][0], *values[1:]], axis=0) for name, values in self.thetas.items()
        }
        return replace(self, thetas={name: list(values) for name, values in ends.items()})

    def summed(self) -> Steps:
        """The same, had every gradient been added to those before it."""
        sums = {name: list(np.cumsum(some, axis=0)) for name, some in self.gradients.items()}
        return replace(self, gradients=sums)


@dataclass(frozen=True, slots=True)
class Explanation:
    """An algorithm that reproduces steps.

    Attributes:
        kind: "sgd", "momentum", "rmsprop", "adam"; "adam-uncorrected", "adam-count" (the count advances with every
            parameter), "adam-epsilon" (epsilon inside the root), "adam-reset" (every step is a first step); empty for
            none of them.
        residual: what is left of the steps, relative to them; of the best that was tried where none explains them.
        rate: what the algorithm's steps of rate 1 are multiplied with; negative where they go the other way.
    """

    kind: str
    residual: float
    rate: float = 0.0


EXACT = 1e-6
# A step of an algorithm is reproduced to rounding; another epsilon or count leaves a larger residual.


def explained(steps: Steps) -> Explanation:
    """The first algorithm, the plain ones before those with a mistake, that reproduces the steps of all parameters."""
    best = Explanation("", np.inf)
    constant = (1.0,) * min(len(values) for values in steps.gradients.values())
    for form, rates in [(steps, constant), *_followed(steps, constant)]:
        for kind, makers in _candidates(form):
            found = _explanation(form, kind, makers, np.array(rates))
            if found.residual < EXACT:
                return found
            best = min(best, replace(found, kind=""), key=lambda one: one.residual)
    return _at_any_rates(steps) or best


def _followed(steps: Steps, constant: tuple[float, ...]) -> Iterator[tuple[Steps, tuple[float, ...]]]:
    """The steps with each sequence of rates, of which a velocity is multiplied, or each gradient that enters one."""
    for rates in steps.rates:
        yield steps, rates
        entered = {
            name: [rate * gradient for rate, gradient in zip(rates, some, strict=False)]
            for name, some in steps.gradients.items()
        }
        yield replace(steps, gradients=entered), constant


def _at_any_rates(steps: Steps) -> Explanation | None:
    """An algorithm that explains the steps of all parameters with a rate for each step that the largest one tells.

    Adam's corrections are the same for all parameters, as a rate is: whether they are there cannot be told so.
    """
    largest = max(steps.thetas, key=lambda name: steps.thetas[name][0].size)
    for kind, makers in _candidates(steps):
        if kind in {"adam-uncorrected", "adam-count"}:
            continue
        own, ideal = _paired(steps, largest, makers[0])
        rates = np.array([np.vdot(b, a) / (np.vdot(b, b) or 1.0) for a, b in zip(own, ideal, strict=True)])
        found = _explanation(steps, kind, makers, rates / (abs(rates[0]) or 1.0))
        if found.residual < EXACT:
            return found
    return None


Stepper = Callable[[Array, list[Array]], list[Array]]


def _explanation(steps: Steps, kind: str, makers: list[Stepper], rates: NDArray[np.float64]) -> Explanation:
    """How well steps are explained by an algorithm, of which every parameter may follow another of its forms."""
    worst = Explanation(kind, 0.0)
    for name in steps.thetas:
        fits = (_fit(steps, name, stepper, rates) for stepper in makers)
        residual, rate = min(fits, key=lambda fit: fit[0])
        if residual >= worst.residual:
            worst = Explanation(kind, residual, rate)
        if residual >= EXACT:
            break
    return worst


def _candidates(steps: Steps) -> Iterator[tuple[str, list[Stepper]]]:
    """Algorithms with the settings that the optimiser's own numbers allow, plain ones first."""
    decays = sorted({x for x in steps.numbers if 0.3 < x < 1.0}) or [0.9]
    squares = sorted({*decays, 0.999})
    small = sorted({x for x in steps.numbers if 0 < x < 1e-2} | {1e-8})
    yield "sgd", _alike(partial(sgd, rate=1.0))
    for mu in decays:
        yield "momentum", _alike(partial(momentum, rate=1.0, mu=mu))
        yield "momentum", _alike(partial(nesterov, rate=1.0, mu=mu))
    for decay, epsilon in product(squares, small):
        yield "rmsprop", _alike(partial(rmsprop, rate=1.0, decay=decay, epsilon=epsilon))
    for beta1, beta2, epsilon in product(decays, squares, small):
        yield "adam", _alike(partial(adam, rate=1.0, beta1=beta1, beta2=beta2, epsilon=epsilon))
        yield from _mistaken(Betas(beta1, beta2, epsilon), len(steps.thetas))


def _mistaken(betas: Betas, many: int) -> Iterator[tuple[str, list[Stepper]]]:
    """The forms of Adam with one mistake in them."""
    for mean, square in ((False, False), (False, True), (True, False)):
        uncorrected = replace(betas, mean=mean, square=square)
        yield "adam-uncorrected", [partial(_adam, uncorrected, lambda turn: turn + 1)]
    yield "adam-uncorrected", [partial(_adam, betas, lambda _turn: 1)]  # by 1 - beta, whichever step it is
    yield "adam-count", [partial(_adam, betas, partial(_counted, many, place)) for place in range(many)]
    yield "adam-epsilon", [partial(_adam, replace(betas, inside=True), lambda turn: turn + 1)]
    yield "adam-reset", [partial(_adam, replace(betas, reset=True), lambda _turn: 1)]


def _counted(many: int, place: int, turn: int) -> int:
    """The count at one of several parameters, where it advances with each."""
    return turn * many + place + 1


def _alike(optimizer: Optimizer) -> list[Stepper]:
    """An algorithm of the reference, which treats every parameter alike."""
    return [partial(replay, optimizer)]


@dataclass(frozen=True, slots=True)
class Betas:
    """Settings of a changed Adam.

    Attributes:
        beta1: decay of the mean.
        beta2: decay of the mean square.
        epsilon: added to the root, or inside it.
        inside: whether it is added inside.
        reset: whether every step starts from means of 0.
        mean: whether the mean is corrected for its start at 0.
        square: whether the mean square is.
    """

    beta1: float
    beta2: float
    epsilon: float
    inside: bool = False
    reset: bool = False
    mean: bool = True
    square: bool = True


def _adam(betas: Betas, count: Callable[[int], int], theta: Array, gradients: list[Array]) -> list[Array]:
    """Adam with one thing changed; `count` gives t for a turn."""
    mean, square = np.zeros_like(theta), np.zeros_like(theta)
    thetas: list[Array] = []
    for turn, gradient in enumerate(gradients):
        if betas.reset:
            mean, square = np.zeros_like(theta), np.zeros_like(theta)
        mean = betas.beta1 * mean + (1 - betas.beta1) * gradient
        square = betas.beta2 * square + (1 - betas.beta2) * gradient**2
        t = count(turn)
        mhat = mean / (1 - betas.beta1**t) if betas.mean else mean
        vhat = square / (1 - betas.beta2**t) if betas.square else square
        root = np.sqrt(vhat + betas.epsilon) if betas.inside else np.sqrt(vhat) + betas.epsilon
        theta = np.asarray(theta - mhat / root)
        thetas.append(theta)
    return thetas


def _paired(steps: Steps, name: str, stepper: Stepper) -> tuple[Array, Array]:
    """The steps of a parameter, and an algorithm's of rate 1, both relative to the size of each entry's own."""
    own = np.diff(np.array(steps.thetas[name]), axis=0)
    start = 0 * steps.thetas[name][0]
    ideal = np.diff(np.array([start, *stepper(start, steps.gradients[name])]), axis=0)[: len(own)]
    scale = np.abs(own).max(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    return own / scale, ideal / scale


def _fit(steps: Steps, name: str, stepper: Stepper, rates: NDArray[np.float64]) -> tuple[float, float]:
    """How far steps are from an algorithm's, relative to them and to each entry's size, and the rate that fits best."""
    a, b = _paired(steps, name, stepper)
    b = b * rates[: len(b)].reshape(-1, *[1] * (b.ndim - 1))
    power = float(np.vdot(b, b))
    if power == 0.0 or not np.isfinite(power):
        return float(np.linalg.norm(a)), 0.0
    rate = float(np.vdot(a, b)) / power
    return float(np.linalg.norm(a - rate * b) / max(float(np.linalg.norm(a)), 1e-300)), rate
