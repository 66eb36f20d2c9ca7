"""Replay the optimisers: give a class of the file known gradients, and see which algorithm explains its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.optimizers import Optimizer, adam, momentum, nesterov, replay, rmsprop, sgd
from gradcheck.subject.patience import OutOfTimeError, patience

STEPS = 6
RATE = 0.1
Array = NDArray[np.floating[Any]]

SHAPES = {"0.W": (3, 3), "0.b": (3,), "1.W": (3, 3), "1.b": (3,)}
# Named as layers name theirs, and of shapes that let state be shared where the code would share it.


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What an optimiser did with a sequence of gradients.

    Attributes:
        thetas: parameter -> its values, before the first step and after each.
        gradients: parameter -> its gradients.
        numbers: the single numbers that the optimiser holds.
        state: whether it holds arrays shaped like its parameters.
        idle: whether such an array was all zeros before and after every step.
    """

    thetas: dict[str, list[Array]]
    gradients: dict[str, list[Array]]
    numbers: tuple[float, ...]
    state: bool
    idle: bool


def gradients_of(seed: int, zero: frozenset[str] = frozenset()) -> dict[str, list[Array]]:
    """Gradients whose entries are of many sizes, from 1 down to a millionth; none for the parameters in `zero`."""
    rng = np.random.default_rng([seed, 0x57E9])
    found: dict[str, list[Array]] = {}
    for name, shape in SHAPES.items():
        sizes = 10.0 ** rng.uniform(-6, 0, shape)
        found[name] = [sizes * rng.normal(1.0, 0.3, shape) * (name not in zero) for _ in range(STEPS)]
    return found


def drive(owner: Callable[..., Any], method: str, gradients: Mapping[str, list[Array]]) -> Steps | None:
    """The steps of a fresh optimiser over parameters in a dict, a list, or pairs with their gradients; or None."""
    for container in (dict, list, zip):
        steps = _driven(owner, method, gradients, container)
        if steps is not None:
            return steps
    return None


def _driven(
    owner: Callable[..., Any], method: str, gradients: Mapping[str, list[Array]], container: type
) -> Steps | None:
    rng = np.random.default_rng(0x57A7)
    names = list(SHAPES)
    weights: dict[str, Array] = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
    thetas: dict[str, list[Array]] = {name: [weights[name].copy()] for name in names}
    try:
        with patience(1.0), np.errstate(all="ignore"):
            optimiser = owner(RATE)
            given = _packed(weights, container)
            for turn in range(STEPS):
                slopes = _packed({name: gradients[name][turn].copy() for name in names}, container)
                both = (list(zip(given, slopes, strict=True)),) if container is zip else (given, slopes)
                returned = getattr(optimiser, method)(*both)
                same = container is not zip and isinstance(returned, container)
                given = returned if same and len(returned) == len(names) else given
                now = given if isinstance(given, dict) else dict(zip(names, given, strict=True))
                for name in names:
                    thetas[name].append(np.array(now[name], dtype=float))
    except (Exception, OutOfTimeError):  # noqa: BLE001 -- any class of the user's may be tried here, and may refuse
        return None
    if not all(np.all(np.isfinite(value)) for values in thetas.values() for value in values):
        return None
    if all(np.array_equal(values[0], values[-1]) for values in thetas.values()):
        return None
    held = list(_state(optimiser, [now[name] for name in names]))
    numbers = tuple(float(v) for v in vars(optimiser).values() if isinstance(v, float) and np.isfinite(v))
    return Steps(
        thetas, dict(gradients), numbers, bool(held), bool(held) and any(not np.any(a) for a in held)
    )


def _packed(values: dict[str, Array], container: type) -> Any:
    return values if container is dict else list(values.values())


def _state(optimiser: object, weights: list[Array]) -> Iterator[Array]:
    """Arrays shaped like a parameter that the optimiser holds, other than the parameters."""
    shapes = {weight.shape for weight in weights}
    own = {id(weight) for weight in weights}
    stack = list(vars(optimiser).values())
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack += list(value.values())
        elif isinstance(value, list | tuple):
            stack += list(value)
        elif isinstance(value, np.ndarray) and value.shape in shapes and id(value) not in own:
            yield value


EXACT = 1e-6
# A step of an algorithm is reproduced to rounding; another epsilon or count leaves a larger residual.


def explained(steps: Steps) -> tuple[str, float]:
    """The algorithm (or the faulty one) that reproduces the steps, with its residual relative to them.

    Kinds: "sgd", "momentum", "rmsprop", "adam"; "adam-uncorrected", "adam-count" (the count advances with every
    parameter), "adam-epsilon" (epsilon inside the root), "adam-reset" (every step is a first step); "" for none.
    """
    best = ("", np.inf)
    for kind, make in _candidates(steps):
        residual = 0.0
        for place, name in enumerate(steps.thetas):
            residual = max(residual, _residual(steps, name, make(place)))
        if residual < EXACT:
            return kind, residual
        best = min(best, (kind, residual), key=lambda found: found[1])
    return "", float(best[1])


Stepper = Callable[[Array, list[Array]], list[Array]]


def _candidates(steps: Steps) -> Iterator[tuple[str, Callable[[int], Stepper]]]:
    """Algorithms with the settings that the optimiser's own numbers allow, plain ones first."""
    decays = sorted({x for x in steps.numbers if 0.3 < x < 1.0}) or [0.9]
    squares = sorted({*decays, 0.999})
    small = sorted({x for x in steps.numbers if 0 < x < 1e-2} | {1e-8})
    many = len(steps.thetas)
    yield "sgd", _alike(partial(sgd, rate=1.0))
    for mu in decays:
        yield "momentum", _alike(partial(momentum, rate=1.0, mu=mu))
        yield "momentum", _alike(partial(nesterov, rate=1.0, mu=mu))
    for decay, epsilon in product(squares, small):
        yield "rmsprop", _alike(partial(rmsprop, rate=1.0, decay=decay, epsilon=epsilon))
    for beta1, beta2, epsilon in product(decays, squares, small):
        betas = Betas(beta1, beta2, epsilon)
        yield "adam", _alike(partial(adam, rate=1.0, beta1=beta1, beta2=beta2, epsilon=epsilon))
        for mean, square in ((False, False), (False, True), (True, False)):
            uncorrected = replace(betas, mean=mean, square=square)
            yield "adam-uncorrected", _changed(uncorrected, lambda _place, turn: turn + 1)
        yield "adam-count", _changed(betas, lambda place, turn: turn * many + place + 1)
        yield "adam-epsilon", _changed(replace(betas, inside=True), lambda _place, turn: turn + 1)
        yield "adam-reset", _changed(replace(betas, reset=True), lambda _place, _turn: 1)


def _alike(optimizer: Optimizer) -> Callable[[int], Stepper]:
    """An algorithm of the reference, which treats every parameter alike."""
    return lambda _place: partial(replay, optimizer)


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


def _changed(betas: Betas, count: Callable[[int, int], int]) -> Callable[[int], Stepper]:
    """Adam with one thing changed; `count` gives t for a parameter's place and a turn."""
    return lambda place: partial(_adam, betas, partial(count, place))


def _adam(betas: Betas, count: Callable[[int], int], theta: Array, gradients: list[Array]) -> list[Array]:
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


def _residual(steps: Steps, name: str, stepper: Stepper) -> float:
    """How far steps are from an algorithm's, relative to them, its rate fitted; relative to each entry's size."""
    own = np.diff(np.array(steps.thetas[name]), axis=0)
    start = steps.thetas[name][0]
    ideal = np.diff(np.array([0 * start, *stepper(0 * start, steps.gradients[name])]), axis=0)
    scale = np.abs(own).max(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    a, b = own / scale, ideal / scale
    power = float(np.vdot(b, b))
    if power == 0.0 or not np.isfinite(power):
        return float(np.linalg.norm(a))
    rate = float(np.vdot(a, b)) / power
    return float(np.linalg.norm(a - rate * b) / max(float(np.linalg.norm(a)), 1e-300))


def independent(owner: Callable[..., Any], method: str) -> tuple[str, str] | None:
    """Two parameters of which the second moves otherwise when the gradient of the first is taken away; else None."""
    full = drive(owner, method, _small(gradients_of(0)))
    if full is None:
        return None
    for name in SHAPES:
        other = drive(owner, method, _small(gradients_of(0, frozenset({name}))))
        if other is None:
            return None
        for second in SHAPES:
            if second != name and not np.allclose(
                full.thetas[second], other.thetas[second], rtol=1e-12, atol=0
            ):
                return name, second
    return None


def _small(gradients: dict[str, list[Array]]) -> dict[str, list[Array]]:
    """A thousandth, so that clipping by the norm of all has nothing to do."""
    return {name: [1e-3 * value for value in values] for name, values in gradients.items()}
