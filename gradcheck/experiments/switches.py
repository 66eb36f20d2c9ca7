"""Methods and functions of the user's that a flag switches, as for training and evaluation; tried on inputs of ours."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.subject.objects import is_plain_object
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Live

DEPTH = 3
MANY = 64
# A container with more items than this is data.
MOST_ARGUMENTS = 4

Array = NDArray[np.float64]
GIVEN: tuple[Callable[[], Any], ...] = (lambda: np.random.default_rng(0), lambda: 0.8)
# What other arguments may want: a generator, a share.


@dataclass(frozen=True, slots=True)
class Switched:
    """One callable with one of its arguments as a flag.

    Attributes:
        owner: the object whose method it is; None for a function.
        name: of the method or function.
        line: of its `def`.
        argument: the first argument, an array.
        flag: the argument that is the flag.
        call: gives what it makes of an array with the flag on or off; None where it refuses.
    """

    owner: object
    name: str
    line: int
    argument: str
    flag: str
    call: Callable[[Array, bool], Array | None]

    @property
    def label(self) -> str:
        """How a person would call it."""
        return self.name if self.owner is None else f"{type(self.owner).__name__}.{self.name}"


def switched(lab: Lab, live: Live) -> Iterator[Switched]:
    """The methods and functions that loss, gradient or outputs run, with each argument that can be a flag.

    Nothing else of the user's is called: what saves, plots or trains may do more than give an array.

    Args:
        lab: the subject.
        live: a network of it that was just started, whose objects are called.
    """
    run = lab.once(functions_run)
    named = [value for name, value in live.scope.items() if name not in {"m", "np"}]
    for owner in objects_in(named):
        for name, method in inspect.getmembers(owner, inspect.ismethod):
            if f"{type(owner).__name__}.{name}" in run:
                yield from _ways(live, owner, name, method, method.__func__.__code__.co_firstlineno)
    module = live.program.module
    for name, function in list(module.__dict__.items()):
        if name in run and inspect.isfunction(function):
            yield from _ways(live, None, name, function, function.__code__.co_firstlineno)


def functions_run(lab: Lab) -> frozenset[str]:
    """Qualified names of the functions that loss, gradient and outputs run."""
    outputs = lab.wiring.outputs
    runs = [
        lab.tracer.recorder.reached,
        lab.tracer.recording(lambda live: live.loss()).reached,
        lab.tracer.recording(lambda live: live.evaluate(outputs)).reached if outputs else [],
    ]
    return frozenset(lab.tracer.source.sites[number].function for reached in runs for number in reached)


def objects_in(values: list[Any], depth: int = 0) -> Iterator[Any]:
    """Plain objects in some values, and what they hold."""
    for value in values:
        if isinstance(value, list | tuple) and len(value) < MANY and depth < DEPTH:
            yield from objects_in(list(value), depth + 1)
        elif is_plain_object(value) and depth < DEPTH:
            yield value
            yield from objects_in(list(vars(value).values()), depth + 1)


def _ways(
    live: Live, owner: object, name: str, function: Callable[..., Any], line: int
) -> Iterator[Switched]:
    """A callable with each argument behind the first as its flag; the others at their defaults, or generators."""
    arguments = list(inspect.signature(function).parameters.values())
    plain = all(a.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for a in arguments)
    if not plain or not 2 <= len(arguments) <= MOST_ARGUMENTS:
        return
    for at, argument in enumerate(arguments[1:], start=1):
        given = argument.default is not inspect.Parameter.empty
        if given and not isinstance(argument.default, bool):
            continue
        others = [a for place, a in enumerate(arguments[1:], start=1) if place != at]
        call = _caller(live, function, argument.name, others)
        yield Switched(owner, name, line, arguments[0].name, argument.name, call)


def _caller(
    live: Live, function: Callable[..., Any], flag: str, others: list[inspect.Parameter]
) -> Callable[[Array, bool], Array | None]:
    required = [a.name for a in others if a.default is inspect.Parameter.empty]

    def call(x: Array, on: bool) -> Array | None:
        for kinds in product(GIVEN, repeat=len(required)):
            live.randomness.restore()  # the same masks whatever ran before, so that a repair is of the same find
            more = {name: make() for name, make in zip(required, kinds, strict=True)}
            try:
                with patience(1.0), np.errstate(all="ignore"):
                    result = np.asarray(function(x.copy(), **{flag: on}, **more), dtype=float)
            except (Exception, OutOfTimeError):  # noqa: BLE001, S112 -- any of the user's functions is tried, and may refuse
                continue
            return result
        return None

    return call
