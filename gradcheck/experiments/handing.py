"""Hand known gradients to the user's own training, in place of those that it computes, and see what it does with them.

Whatever the style, somewhere training calls the function that the wiring gets its gradient from. What that function
gives back is overwritten, in place, and the parameters are looked at when it is called again.
"""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import lookup, numeric, scalar
from gradcheck.experiments.ways import Way, things
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError

ROUNDS = 6
FEWEST = 3
LONGEST = 2.0
# Seconds for a training call that is cut off after a few rounds.
BIG = 1e9
# Put into the arrays of a gradient before it is computed: what is there afterwards was added to, not assigned.
RETURNED = "return"

Array = NDArray[np.floating[Any]]
Numbers = dict[str, float]


@dataclass(frozen=True, slots=True)
class Source:
    """The function that the code's gradient comes from.

    Attributes:
        holder: the module or the class that it is looked up in.
        name: its name there.
        function: itself.
        gradients: parameter -> the way to its gradient from what the function returns or was given.
        parameters: parameter -> the way to it from what the function is given; those it finds elsewhere are missing.
        adds: whether it adds to the arrays that it finds.
    """

    holder: Any
    name: str
    function: types.FunctionType
    gradients: dict[str, Way]
    parameters: dict[str, Way]
    adds: bool


@dataclass(slots=True)
class Handed:
    """What training did with known gradients.

    Attributes:
        thetas: parameter -> its values, at the start and after each round.
        gradients: parameter -> what was handed over in each round.
        numbers: the single numbers in scope of training when each round began, by where they are.
        arrays: the arrays in scope of training when each round began, by where they are, other than parameters, and
            other than gradients unless they have taken the place of what was there before.
    """

    thetas: dict[str, list[Array]]
    gradients: dict[str, list[Array]]
    numbers: list[dict[Way, float]] = field(default_factory=list)
    arrays: list[dict[Way, Array]] = field(default_factory=list)

    @property
    def rounds(self) -> int:
        """How many rounds were seen to their end."""
        return min(len(values) for values in self.thetas.values()) - 1


def gradient_source(lab: Lab) -> Source | None:
    """The function that the wiring gets its gradients from; None where they are none of one function's arrays."""
    if lab.wiring.grads is None or lab.wiring.given is not None:
        return None
    try:
        names = dict(lab.program.start().scope)
        for call in reversed([n for n in ast.walk(ast.parse(lab.wiring.run)) if isinstance(n, ast.Call)]):
            place = _place(lab, call.func, names)
            found = _tried(lab, *place) if place is not None else None
            if found is not None:
                return found
    except GradcheckError:
        return None
    return None


def _place(
    lab: Lab, callee: ast.expr, names: Mapping[str, Any]
) -> tuple[Any, str, types.FunctionType] | None:
    module = lab.program.module
    holder: Any = None
    if isinstance(callee, ast.Name):
        holder, name = module, callee.id
    elif isinstance(callee, ast.Attribute):
        owner, name = lookup(callee.value, {**module.__dict__, **names}), callee.attr
        holder = next((kind for kind in type(owner).__mro__ if name in vars(kind)), None)
        holder = owner if owner is module else holder
    function = vars(holder).get(name) if holder is not None else None
    return (holder, name, function) if isinstance(function, types.FunctionType) else None


def _tried(lab: Lab, holder: Any, name: str, function: types.FunctionType) -> Source | None:
    """The function as a source of all gradients, where their arrays are in what it returns or is given."""
    assert lab.wiring.grads is not None
    live = lab.program.start()
    calls: list[tuple[dict[str, Any], dict[str, Way], set[int]]] = []
    owners = {id(live.object(parameter)): parameter for parameter in lab.wiring.params}

    def noted(*args: Any, **kwargs: Any) -> Any:
        roots = _given(function, args, kwargs)
        ways = {owners[id(thing)]: way for way, thing in _arrays(roots) if id(thing) in owners}
        before = {id(array): array.copy() for _, array in _arrays(roots)}
        returned = function(*args, **kwargs)
        behind = {**roots, RETURNED: returned}
        arrays = (array for _, array in _arrays(behind))
        calls.append((behind, ways, {id(array) for array in arrays if not _as_before(before, array)}))
        return returned

    with _replaced(holder, name, noted):
        live.execute(lab.wiring.run)
    if not calls:
        return None
    arrays = {parameter: live.evaluate(text) for parameter, text in lab.wiring.grads.of.items()}
    roots, parameters, written = calls[-1]
    ways = {id(thing): way for way, thing in _arrays(roots)}
    found = {parameter: ways[id(array)] for parameter, array in arrays.items() if id(array) in ways}
    distinct = len({id(array) for array in arrays.values()}) == len(arrays)
    shaped = all(np.shape(array) == np.shape(live.object(parameter)) for parameter, array in arrays.items())
    computed = any(id(array) in written for array in arrays.values())
    if len(found) < len(arrays) or not distinct or not shaped or not computed:
        return None
    given = {key: value for key, value in roots.items() if key != RETURNED}
    return Source(holder, name, function, found, parameters, _adds(function, given, found))


def _as_before(before: Mapping[int, Any], array: Any) -> bool:
    return id(array) in before and bool(np.array_equal(before[id(array)], array))


def _adds(function: types.FunctionType, roots: dict[str, Any], ways: Mapping[str, Way]) -> bool:
    """Whether the function adds to arrays that outlive its calls."""
    kept = [way.follow(roots) for way in ways.values() if way.root != RETURNED]
    if len(kept) < len(ways):
        return False
    for array in kept:
        array[...] = BIG
    with np.errstate(all="ignore"):
        _call(function, roots)
    return all(bool(np.all(way.follow(roots) > BIG / 2)) for way in ways.values())


def _call(function: types.FunctionType, roots: Mapping[str, Any]) -> None:
    bound = inspect.signature(function).bind_partial()
    bound.arguments.update(roots)
    function(*bound.args, **bound.kwargs)


def hand(lab: Lab, source: Source, gradients: Mapping[str, list[Array]]) -> Handed | None:
    """Train with known gradients; None where training calls the function too seldom, or cannot do with them.

    Args:
        lab: the subject, whose training is run.
        source: where its gradients come from.
        gradients: parameter -> its gradient in each round. One stays as it is until the parameters change, so that
            whatever gathers a gradient from parts gathers a multiple of it.
    """
    update = lab.wiring.update
    statements = lab.wiring.train or (f"{update.run}\n" * (ROUNDS + 1) if update else "")
    if not statements:
        return None
    try:
        live = lab.program.start()
        watch = _Watch(lab, live, source, gradients)
        with (
            _replaced(source.holder, source.name, watch.stand_in()),
            patience(LONGEST),
            np.errstate(all="ignore"),
        ):
            live.execute(statements)
    except EnoughSeenError:
        return watch.seen
    except (GradcheckError, OutOfTimeError):
        return None
    return watch.seen if watch.seen.rounds >= FEWEST else None


class _Watch:
    def __init__(self, lab: Lab, live: Live, source: Source, gradients: Mapping[str, list[Array]]) -> None:
        self._lab = lab
        self._live = live
        self._source = source
        self._gradients = gradients
        self._inside = False
        self._first: dict[Way, Any] = {}
        self._handed: dict[int, Any] = {}  # kept, so that no other array gets one of their ids
        self.seen = Handed(
            {name: [] for name in gradients}, {name: list(values) for name, values in gradients.items()}
        )

    def stand_in(self) -> Callable[..., Any]:
        """What stands where the function stands; a function, so that a class binds it."""
        return lambda *args, **kwargs: self._called(args, kwargs)

    def _called(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        function = self._source.function
        if self._inside:  # it calls itself
            return function(*args, **kwargs)
        roots = _given(function, args, kwargs)
        self._arrive(roots, inspect.currentframe())
        before = {
            name: np.array(way.follow(roots))
            for name, way in self._source.gradients.items()
            if self._source.adds
        }
        self._inside = True
        try:
            returned = function(*args, **kwargs)
        finally:
            self._inside = False
        self._give({**roots, RETURNED: returned}, before)
        return returned

    def _arrive(self, roots: Mapping[str, Any], frame: types.FrameType | None) -> None:
        now = {name: self._value(name, roots) for name in self._gradients}
        thetas = self.seen.thetas
        if all(values and np.array_equal(values[-1], now[name]) for name, values in thetas.items()):
            return
        for name, value in now.items():
            thetas[name].append(value)
        scope = _scope(self._lab.path, frame)
        found = list(things({**scope, **self._lab.program.module.__dict__}))
        self.seen.numbers.append({way: float(thing) for way, thing in found if scalar(thing)})
        self.seen.arrays.append(self._others(found, now, roots))
        if self.seen.rounds >= min(map(len, self._gradients.values())):
            raise EnoughSeenError

    def _others(
        self, found: list[tuple[Way, Any]], now: Mapping[str, Array], roots: Mapping[str, Any]
    ) -> dict[Way, Array]:
        shapes = {value.shape for value in now.values()}
        own = {id(self._object(name, roots)) for name in now}
        arrays = {
            way: thing
            for way, thing in found
            if numeric(thing) and thing.shape in shapes and id(thing) not in own
        }
        self._first = self._first or arrays
        return {
            way: np.array(thing, dtype=float)
            for way, thing in arrays.items()
            if id(thing) not in self._handed or self._first.get(way, thing) is not thing
        }

    def _object(self, name: str, roots: Mapping[str, Any]) -> Any:
        way = self._source.parameters.get(name)
        return self._live.object(name) if way is None else way.follow(roots)

    def _value(self, name: str, roots: Mapping[str, Any]) -> Array:
        return np.array(self._object(name, roots), dtype=float)

    def _give(self, roots: Mapping[str, Any], before: Mapping[str, Array]) -> None:
        turn = self.seen.rounds
        for name, way in self._source.gradients.items():
            array = way.follow(roots)
            array[...] = self._gradients[name][turn] + before.get(name, 0.0)
            self._handed[id(array)] = array


@contextmanager
def _replaced(holder: Any, name: str, other: Callable[..., Any]) -> Iterator[None]:
    """The function of some name in a module or class is another one while the block runs."""
    own = vars(holder)[name]
    setattr(holder, name, other)
    try:
        yield
    finally:
        setattr(holder, name, own)


def _given(function: types.FunctionType, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return dict(inspect.signature(function).bind(*args, **kwargs).arguments)


def _arrays(roots: Mapping[str, Any]) -> Iterator[tuple[Way, Any]]:
    return ((way, thing) for way, thing in things(roots) if isinstance(thing, np.ndarray))


def _scope(path: str, frame: types.FrameType | None) -> dict[str, Any]:
    """The local names of the functions of the file that are under way, those of the innermost under their own names."""
    found: dict[str, Any] = {}
    while frame is not None:
        code = frame.f_code
        if code.co_filename == path and code.co_name != "<module>":
            found = {f"{code.co_name}.{name}": value for name, value in frame.f_locals.items()} | found
        frame = frame.f_back
    return found
