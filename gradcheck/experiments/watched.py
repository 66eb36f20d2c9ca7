"""Watch the user's own training: every statement, and every change of a parameter with the statement that made it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.forms import bound_by, starts_negative, updates_in, velocity_terms
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import leaves, lookup, numeric, scalar
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError, Site, SourceMap

SECONDS = 0.3
# Of the processor, so that a busy machine sees as much as an idle one.
# A fault of an update shows in its first steps.
ROUNDS = 12
# Changes to see of each parameter.


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One change of one parameter.

    Attributes:
        parameter: its name.
        site: number of the statement that made it.
        before: its value before.
        after: its value after.
        arrays: text -> value of the arrays of its shape that the statement reads.
        owner: the object whose method the statement stands in; None outside of methods.
        index: how many statements had been entered by then.
        in_place: whether the same array holds it as before.
    """

    parameter: str
    site: int
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    arrays: Mapping[str, NDArray[Any]]
    owner: object
    index: int
    in_place: bool


@dataclass(slots=True)
class Attempt:
    """A statement that computes an update: parameter minus (or plus) something.

    Attributes:
        site: its number.
        parameters: the parameters it was reached with.
        scalars: text -> values of the single numbers it reads.
        series: the same, one value for each time it was entered.
        entered: when, counted in statements.
    """

    site: int
    parameters: set[str] = field(default_factory=set)
    scalars: dict[str, set[float]] = field(default_factory=dict)
    series: dict[str, list[float]] = field(default_factory=dict)
    entered: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Training:
    """What was seen of a training call.

    Attributes:
        source: the source.
        parameters: names of the parameters.
        changes: every change, in order.
        attempts: by statement number.
        velocities: the same, of the statements that make what an update takes off as a whole, as a velocity is.
        replacing: statement number -> the parameters whose own name it binds to a negative step.
        calls: statement number -> values that a call assigned to a name or attribute there, with its arguments.
        uncleared: statement number -> parameter shapes' accumulators that an update did not clear.
        order: statement numbers in the order in which they were entered.
        complete: whether the training call came to its end.
    """

    source: SourceMap
    parameters: list[str]
    changes: list[Change] = field(default_factory=list)
    attempts: dict[int, Attempt] = field(default_factory=dict)
    velocities: dict[int, Attempt] = field(default_factory=dict)
    replacing: dict[int, Attempt] = field(default_factory=dict)
    calls: dict[int, list[tuple[float, tuple[Any, ...]]]] = field(default_factory=dict)
    uncleared: dict[int, int] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    complete: bool = False

    @property
    def moved(self) -> set[str]:
        """The parameters that changed."""
        return {change.parameter for change in self.changes}


def watch_training(lab: Lab) -> Training:
    """The first steps of the training call, or of the update where that is all there is.

    The wiring's parameters are looked at before every statement, so that each change is known with its line.
    """
    watch = _Watch(lab, Training(lab.tracer.source, list(lab.wiring.params)))
    update = lab.wiring.update or lab.wiring.step
    statements = lab.wiring.train or (f"{update.run}\n{update.run}" if update else "")

    def run(live: Live) -> None:
        watch.begin(live)
        live.execute(statements)
        watch.look()
        watch.seen.complete = True

    if statements:
        lab.tracer.watching(watch.enter, run)
    return watch.seen


@dataclass(slots=True)
class _Watch:
    lab: Lab
    seen: Training
    live: Live | None = None
    until: float = 0.0
    _objects: dict[str, Any] = field(default_factory=dict)
    _values: dict[str, tuple[int, bytes, NDArray[np.float64]]] = field(default_factory=dict)
    _last: tuple[Site, dict[str, Any]] | None = None
    _last_in: dict[str, tuple[Site, dict[str, Any]]] = field(default_factory=dict)
    _sums: dict[int, tuple[Any, int]] = field(default_factory=dict)
    _updates: int = 0
    _shapes: set[tuple[int, ...]] = field(default_factory=set)
    _gradient_run: frozenset[int] = frozenset()
    _steps: set[tuple[str, str]] = field(default_factory=set)

    def begin(self, live: Live) -> None:
        self.live = live
        self.until = process_time() + SECONDS
        self._gradient_run = (
            frozenset(self.lab.tracer.recorder.reached) if self.lab.wiring.grads else frozenset()
        )
        self._steps = {
            (site.function, ast.unparse(step))
            for site in self.seen.source.sites
            for _, step in updates_in(site.node)
            if isinstance(step, ast.Name | ast.Attribute | ast.Subscript)
        }
        self.look()

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        if self.live is None:
            return
        site = self.seen.source.sites[number]
        self.look(site)
        count = len(self.seen.changes)
        if process_time() > self.until or count >= ROUNDS * len(self.seen.parameters):
            raise EnoughSeenError
        self.seen.order.append(number)
        self._last = site, dict(names)
        self._last_in[site.function] = self._last
        if isinstance(site.node, ast.Assign | ast.AugAssign | ast.Expr):
            self._attempt(site, names)
            self._sum(site, names)

    def look(self, now: Site | None = None) -> None:
        """Note which parameters changed since the last look, and what the calls of the last statement gave."""
        assert self.live is not None
        for name in self.seen.parameters:
            array = self.live.object(name)
            if not isinstance(array, np.ndarray):
                continue
            held, state = self._values.get(name), (id(array), array.tobytes())
            if held is not None and (held[1] == state[1]):
                if held[0] != state[0]:
                    self._values[name] = (*state, held[2])
            else:
                value = np.array(array, dtype=float)
                if held is not None:
                    self._change(name, (held[2], value), now, in_place=held[0] == state[0])
                self._values[name] = (*state, value)
            self._objects[name] = array
            self._shapes.add(array.shape)
        if now is not None and now.function in self._last_in:
            self._call(*self._last_in[now.function])

    def _change(
        self,
        name: str,
        values: tuple[NDArray[np.float64], NDArray[np.float64]],
        now: Site | None,
        *,
        in_place: bool,
    ) -> None:
        before, after = values
        if self._last is None:
            return
        site, names = self._last
        if not isinstance(site.node, ast.Assign | ast.AugAssign | ast.Expr) and now is not None:
            site, names = self._last_in.get(now.function, self._last)
        self._updates += 1
        scope = self._scope(names)
        arrays: dict[str, NDArray[Any]] = {}
        for part in leaves(_value(site.node)):
            value = lookup(part, scope)
            if numeric(value) and value.shape == before.shape:
                arrays[ast.unparse(part)] = value.copy()
        self.seen.changes.append(
            Change(
                name, site.number, before, after, arrays, _owner(site, names), len(self.seen.order), in_place
            )
        )

    def _attempt(self, site: Site, names: Mapping[str, Any]) -> None:
        scope = self._scope(names)
        self._replacement(site, scope)
        self._velocity(site, scope)
        for start, step in updates_in(site.node):
            value = lookup(start, scope)
            mine = {name for name, array in self._objects.items() if numeric(value) and array is value}
            if mine:
                attempt = self.seen.attempts.setdefault(site.number, Attempt(site.number))
                attempt.parameters |= mine
                attempt.entered.append(len(self.seen.order))
                self._numbers(attempt, step, scope)

    def _numbers(self, attempt: Attempt, step: ast.expr, scope: Mapping[str, Any]) -> None:
        for part in leaves(step):
            number = lookup(part, scope)
            if scalar(number):
                text = ast.unparse(part)
                attempt.scalars.setdefault(text, set()).add(float(number))
                attempt.series.setdefault(text, []).append(float(number))

    def _velocity(self, site: Site, scope: Mapping[str, Any]) -> None:
        target = bound_by(site.node)
        if target is not None and (site.function, ast.unparse(target)) in self._steps:
            attempt = self.seen.velocities.setdefault(site.number, Attempt(site.number))
            for term in velocity_terms(site.node):
                self._numbers(attempt, term, scope)

    def _replacement(self, site: Site, scope: Mapping[str, Any]) -> None:
        node = site.node
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and starts_negative(node.value)
        ):
            value = lookup(node.targets[0], scope)
            mine = {name for name, array in self._objects.items() if numeric(value) and array is value}
            if mine:
                attempt = self.seen.replacing.setdefault(site.number, Attempt(site.number))
                attempt.parameters |= mine
                attempt.entered.append(len(self.seen.order))

    def _sum(self, site: Site, names: Mapping[str, Any]) -> None:
        """Whether a sum that the gradient run adds to was cleared after the last update."""
        if not isinstance(site.node, ast.AugAssign) or site.number not in self._gradient_run:
            return
        if not isinstance(site.node.op, ast.Add | ast.Sub):
            return  # scaled, or cleared by a factor of 0
        array = lookup(site.node.target, self._scope(names))
        if not numeric(array) or array.shape not in self._shapes:
            return
        if any(array is own for own in self._objects.values()):
            return  # a parameter itself, which nothing has to clear
        first = id(array) not in self._sums
        updates = self._sums.get(id(array), (None, 0))[1]
        if not first and self._updates > updates:
            kept = 1 if np.any(array) else -1000
            self.seen.uncleared[site.number] = self.seen.uncleared.get(site.number, 0) + kept
        self._sums[id(array)] = (array, self._updates)

    def _call(self, site: Site, names: Mapping[str, Any]) -> None:
        """The single number that a call has just given a name or an attribute."""
        node = site.node
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            scope = self._scope(names)
            given = tuple(lookup(argument, scope) for argument in node.value.args)
            value = lookup(node.targets[0], {**scope, **self._last_in[site.function][1]})
            if scalar(value) and all(scalar(one) for one in given):
                self.seen.calls.setdefault(site.number, []).append((float(value), given))

    def _scope(self, names: Mapping[str, Any]) -> dict[str, Any]:
        assert self.live is not None
        return {**self.live.program.module.__dict__, **names}


def _value(node: ast.AST) -> ast.AST:
    return node.value if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) else node


def _owner(site: Site, names: Mapping[str, Any]) -> object:
    """The object whose method a statement stands in, which is the method's first local."""
    return next(iter(names.values()), None) if "." in site.function else None


def fact_of(seen: Training, sites: list[int], parameters: set[str], **measured: Any) -> dict[str, Any]:
    """What every fact about some statements holds: their lines, the parameters, and what was measured."""
    lines = list(dict.fromkeys(seen.source.sites[number].line for number in sites))
    ordered = [name for name in seen.parameters if name in parameters]
    return {"line": lines[0] if lines else 0, "lines": lines, "parameters": ordered, **measured}
