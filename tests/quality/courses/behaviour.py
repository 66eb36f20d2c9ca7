"""What a program does, as numbers: the proof that a fault is one, and that a patch mends it.

Run by plain statements that share nothing with the package; two programs do the same where every number that both
have is equal, at several seeds of the data and of the start.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.wiring import Wiring
from tests.faults.faults_driver import execute, load, quiet, value
from tests.quality.courses.roles import Course

SEEDS = (1, 2, 3)
SAME = (
    1e-9  # relative; far above what the order of a sum does to float64, far below what single precision does
)
FAR = 1e5  # times the inputs: where exponentials overflow and probabilities vanish
STEEP = 1e3  # times the parameters, for outputs whose layer before keeps within bounds
DEEP = 4

Numbers = dict[str, NDArray[np.float64]]


def does_the_same(course: Course, one: str, other: str) -> bool:
    """Whether two sources of a course's network do the same at every seed."""
    return all(_equal(behaviour(course, one, seed), behaviour(course, other, seed)) for seed in SEEDS)


def behaviour(course: Course, source: str, seed: int) -> Numbers:
    """Every number that a source computes, under the name of where: gradient, training, figures, far inputs."""
    key = (course.network.name, source, seed)
    if key not in _KNOWN:
        if len(_KNOWN) >= MANY:
            _KNOWN.pop(next(iter(_KNOWN)))
        _KNOWN[key] = _behaviour(course, source, seed)
    return _KNOWN[key]


_KNOWN: dict[tuple[str, str, int], Numbers] = {}
MANY = 200  # behaviours kept: those of the right networks are asked for with every fault


def _behaviour(course: Course, source: str, seed: int) -> Numbers:
    wiring = reseeded(course.network.wiring, seed)
    found: Numbers = {}
    for part, statements, expressions in _parts(course, wiring, seed):
        scope = load(source)
        before = {name: id(thing) for name, thing in scope.items()}
        with quiet():
            try:
                execute(wiring.setup, scope)
                execute(statements, scope)
                for place, expression in enumerate(expressions):
                    scope[f"{part} {place}"] = value(expression, scope)
            except (
                ArithmeticError,
                ValueError,
                TypeError,
                LookupError,
                AttributeError,
                NameError,
            ) as problem:
                scope[f"{part} ends"] = float(len(type(problem).__name__))
        made = {
            name: thing for name, thing in scope.items() if before.get(name) != id(thing) or _is_data(thing)
        }
        for name, thing in made.items():
            found |= {f"{part} {path}": number for path, number in _numbers(name, thing, DEEP)}
    return found


def _parts(course: Course, wiring: Wiring, seed: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What is run, each from a new start: name, statements, expressions."""
    gradient = tuple(wiring.grads.of.values()) if wiring.grads is not None else ()
    parameters = tuple(wiring.params.values())
    yield "starts", "", parameters
    yield "loss", "", (wiring.loss, wiring.loss, wiring.outputs)
    yield "gradient", wiring.run, (*gradient, *parameters)
    yield "training", wiring.train, (*parameters, wiring.loss)
    for place, probe in enumerate(course.probes):
        asked = (probe.replace("seed=1", f"seed={seed}"),)
        yield f"probe {place}", wiring.train, asked
        yield f"early {place}", "", asked
    for place, rows in enumerate(("[::2]", "")):
        scaled = f"{wiring.inputs}{'.T' if not course.rows else ''}{rows or '[:]'}"
        yield f"far {place}", f"_far = {scaled}; _far *= {FAR}", (wiring.outputs, wiring.loss)
    steep = "; ".join(f"{parameter} = {parameter} * {STEEP}" for parameter in parameters)
    yield "steep", steep, (wiring.outputs, wiring.loss)


def reseeded(wiring: Wiring, seed: int) -> Wiring:
    """The wiring with other data and another start."""
    return replace(wiring, setup=wiring.setup.replace("seed=1", f"seed={seed}"))


def _numbers(path: str, thing: Any, depth: int) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """The numbers in a thing, in what it contains, and in the attributes of an object."""
    if _is_data(thing):
        yield path, np.asarray(thing, dtype=np.float64)
    elif depth and isinstance(thing, dict):
        for key, item in thing.items():
            yield from _numbers(f"{path}[{key!r}]", item, depth - 1)
    elif depth and isinstance(thing, list | tuple):
        for place, item in enumerate(thing):
            yield from _numbers(f"{path}[{place}]", item, depth - 1)
    elif (
        depth
        and hasattr(thing, "__dict__")
        and not isinstance(thing, type | types.FunctionType | types.ModuleType)
    ):
        yield from _numbers(path, vars(thing), depth - 1)


def _is_data(thing: object) -> bool:
    numeric = isinstance(thing, np.ndarray) and thing.dtype.kind in "biuf"
    return numeric or isinstance(thing, int | float | np.number | np.bool_)


def _equal(one: Numbers, other: Numbers) -> bool:
    """Whether all that both have is equal, and both end alike."""
    ends = [{name for name in numbers if name.endswith(" ends")} for numbers in (one, other)]
    return ends[0] == ends[1] and all(_same(one[name], other[name]) for name in one.keys() & other.keys())


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    if one.shape != other.shape:
        return False
    scale = float(np.abs(one[np.isfinite(one)]).max(initial=1e-12))
    return np.allclose(one, other, rtol=SAME, atol=SAME * scale, equal_nan=True)
