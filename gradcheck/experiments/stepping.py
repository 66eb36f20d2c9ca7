"""Replay the optimisers: give a class of the file known gradients, and see what steps it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.experiments.algorithms import Array, Steps
from gradcheck.subject.patience import OutOfTimeError, patience

STEPS = 6
RATE = 0.1

SHAPES = {"0.W": (3, 3), "0.b": (3,), "1.W": (3, 3), "1.b": (3,)}
# Named as layers name theirs, and of shapes that let state be shared where the code would share it.


def gradients_of(seed: int, zero: frozenset[str] = frozenset()) -> dict[str, list[Array]]:
    """Gradients whose entries are of many sizes, from 1 down to a millionth; none for the parameters in `zero`."""
    rng = np.random.default_rng([seed, 0x57E9])
    found: dict[str, list[Array]] = {}
    for name, shape in SHAPES.items():
        sizes = 10.0 ** rng.uniform(-6, 0, shape)
        found[name] = [sizes * rng.normal(1.0, 0.3, shape) * (name not in zero) for _ in range(STEPS)]
    return found


def drive(owner: Callable[..., Any], method: str, gradients: Mapping[str, list[Array]]) -> Steps | None:
    """The steps of a fresh optimiser over parameters in a dict, a list, or each with its gradient; or None."""
    for container in (dict, list, zip, Held):
        steps = _driven(owner, method, gradients, container)
        if steps is not None:
            return steps
    return None


class Held:
    """A parameter that holds its gradient, whatever names an optimiser asks for them by: value and grad, w and dw."""

    def __init__(self, value: Array) -> None:
        self.__dict__.update(numbers=value, slope=np.zeros_like(value))

    def __getattr__(self, name: str) -> Array:
        if name.startswith("__"):
            raise AttributeError(name)
        held: Array = self.__dict__[self._place(name)]
        return held

    def __setattr__(self, name: str, value: Array) -> None:
        self.__dict__[self._place(name)] = value

    @staticmethod
    def _place(name: str) -> str:
        return "slope" if "grad" in name or (name.startswith("d") and name != "data") else "numbers"


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
                slopes = {name: gradients[name][turn].copy() for name in names}
                returned = getattr(optimiser, method)(*_arguments(given, slopes, container))
                same = container in {dict, list} and isinstance(returned, container)
                given = returned if same and len(returned) == len(names) else given
                now = (
                    given if isinstance(given, dict) else dict(zip(names, map(_numbers, given), strict=True))
                )
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
    if container is Held:
        return [Held(value) for value in values.values()]
    return values if container is dict else list(values.values())


def _arguments(given: Any, slopes: dict[str, Array], container: type) -> tuple[Any, ...]:
    """What the method is called with."""
    if container is zip:
        return (list(zip(given, slopes.values(), strict=True)),)
    if container is Held:
        for parameter, slope in zip(given, slopes.values(), strict=True):
            parameter.grad = slope
        return (given,)
    return given, _packed(slopes, container)


def _numbers(parameter: Any) -> Array:
    return parameter.numbers if isinstance(parameter, Held) else parameter


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
