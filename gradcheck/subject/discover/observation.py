"""One update, observed: what it changed, which calls made it, and how to say them in the setup's words."""

from __future__ import annotations

import ast
import types
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.drivers import Driver
from gradcheck.subject.discover.leaves import as_array, fetch, leaves, root_name
from gradcheck.subject.discover.phrases import Phrases
from gradcheck.subject.discover.script import Script
from gradcheck.subject.discover.watch import Watch
from gradcheck.subject.loading import running
from gradcheck.subject.program import Live
from gradcheck.subject.statements import assigned

UNIT = "<update>"


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Numbers in the scope, before and after an update."""

    expression: str
    before: NDArray[np.float64]
    after: NDArray[np.float64]

    @property
    def update(self) -> NDArray[np.float64]:
        """What was subtracted from them."""
        return self.before - self.after

    @property
    def moved(self) -> bool:
        """Whether they changed, keeping their shape."""
        return self.before.shape == self.after.shape and not np.array_equal(
            self.before, self.after, equal_nan=True
        )


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """One update of the user's network.

    Attributes:
        driver: what made it.
        numbers: every number in the scope before it, and after.
        watch: the calls.
        phrases: the setup's words for them.
        live: the network afterwards.
        own: names that the update's own statements bind.
        makes: whether it made numbers that were not there before, as training does that draws its weights first.
        parameters: expressions of what was found to be a parameter.
    """

    driver: Driver
    numbers: Mapping[str, Moved]
    watch: Watch
    phrases: Phrases
    live: Live
    own: set[str]
    makes: bool = False
    parameters: set[str] = field(default_factory=set)

    @property
    def changed(self) -> list[Moved]:
        """What the update changed."""
        return [number for number in self.numbers.values() if number.moved]

    @property
    def calls(self) -> list[Call]:
        """The calls of the user's functions."""
        return [call for call in self.watch.calls if call.site is not None]


def observe(driver: Driver, *, limit: float = 10.0, marked: Sequence[str] = ()) -> Observation | None:
    """Make the update once and watch; None where the code raises or is stopped.

    Args:
        driver: what makes it.
        marked: expressions whose values are noted at the start of every call.
        limit: seconds.
    """
    stage = driver.stage
    try:
        live = stage.start()
    except GradcheckError:
        return None
    tree = ast.parse(driver.text)
    own = set().union(*(assigned(s) for s in tree.body), set())
    before = numbers_of(live, own)
    few = [said for said in stage.batch.values() if said in live.scope]
    held = {name: live.scope[name] for name in [*few, *live.scope]}
    script = Script(UNIT, driver.text)
    module = live.program.module.__dict__
    sources = {**stage.scene.training.watch.sources, UNIT: script}
    phrases = Phrases(sources, held, module, base={0}, unit=(tree, own - set(held)), held=stage.holding)

    def mark() -> object:
        return tuple(repr(eval(expression, live.scope)) for expression in marked)  # noqa: S307 -- of the setup

    watch = Watch(
        sources,
        folder=str(Path(stage.scene.script.path).parent),
        limit=limit,
        notice_loops=False,
        mark=mark if marked else None,
    )
    code = compile(driver.text, UNIT, "exec")

    def update() -> None:
        with running("the update"):
            exec(code, live.scope)  # noqa: S102 -- running the user's code is what this is for

    live.randomness.restore()
    watch.run(update)
    if watch.problem is not None or watch.stopped or not watch.calls:
        return None
    after = numbers_of(live, own)
    later = {name: after[name] if name in after else _later(live, name, before[name]) for name in before}
    numbers = {name: Moved(name, value, later[name]) for name, value in before.items()}
    phrases.learn(watch.calls)
    makes = any(root_name(name) not in own for name in after.keys() - before.keys())
    return Observation(driver, numbers, watch, phrases, live, own - set(held), makes)


def is_sequential(seen: Observation, params: Sequence[str]) -> bool:
    """Whether an update is several, one after another: a parameter has more values on the way than before and after."""
    again = observe(seen.driver, marked=params)
    if again is None or not again.calls:
        return False
    marks = [call.mark for call in again.calls if isinstance(call.mark, tuple)]
    return any(len(set(values)) > 2 for values in zip(*marks, strict=True))


def numbers_of(live: Live, own: Collection[str] = ()) -> dict[str, NDArray[np.float64]]:
    """Copies of all numbers that the scope and the module reach, by expression.

    An array goes by one expression: by a name of `own`, which a loop over the parameters leaves at the last of them,
    only where nothing else holds it.
    """
    found: dict[str, NDArray[np.float64]] = {}
    seen: set[int] = set()
    for prefix, space in _spaces(live, own):
        for leaf in leaves(space):
            if isinstance(leaf.value, np.ndarray | list):
                if id(leaf.value) in seen:
                    continue
                seen.add(id(leaf.value))
            value = as_array(leaf.value)
            if value is not None and value.dtype.kind != "c":
                found[prefix + leaf.expression] = value
    return found


def _later(live: Live, expression: str, before: NDArray[np.float64]) -> NDArray[np.float64]:
    """What an expression has become whose array goes by another afterwards; what it was where it is gone."""
    try:
        value = as_array(fetch(live, expression))
    except GradcheckError:
        return before
    return before if value is None else value


def _spaces(live: Live, own: Collection[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    known = {"m", "np"}
    scope = {n: v for n, v in live.scope.items() if n not in known and not isinstance(v, types.ModuleType)}
    yield "", {name: value for name, value in scope.items() if name not in own}
    yield "m.", live.program.module.__dict__
    yield "", {name: value for name, value in scope.items() if name in own}
