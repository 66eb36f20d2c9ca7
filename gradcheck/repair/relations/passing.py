"""What a statement passes on: the value that its target has when the next statement begins."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.trace import Site, Tracer, value_sites

KEPT = 6


def passed_on(tracer: Tracer, statement: Site) -> list[Any]:
    """The first few values that a statement passes on, arrays copied.

    A statement that assigns may do so in place and in part (`d[rows, y] -= 1`): what counts is the whole target after
    it. A statement that returns, or calls, passes on what it hands over.
    """
    target = target_of(statement.node)
    if target:
        watch = _Watch(tracer, statement, target)
        tracer.watching(watch, lambda live: live.gradient())
        watch.finish()
        if watch.values:
            return watch.values
    sites = value_sites(tracer.source, statement)
    seen = [tracer.recorder.seen[site.number] for site in sites if site.number in tracer.recorder.seen]
    return [value for sighting in seen for value in sighting.values]


def held_before(tracer: Tracer, statement: Site, target: str) -> list[Any]:
    """The first few values that a target has when a statement begins."""
    watch = _Watch(tracer, statement, target, after=False)
    tracer.watching(watch, lambda live: live.gradient())
    return watch.values


def target_of(node: ast.AST) -> str:
    """The one target of an assignment, as text; empty where it has none, or several."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target: ast.expr = node.targets[0]
    elif isinstance(node, ast.AugAssign):
        target = node.target
    else:
        return ""
    return "" if isinstance(target, ast.Tuple | ast.List) else ast.unparse(target)


@dataclass(slots=True)
class _Watch:
    """Reads a target before, or right after, each execution of a statement."""

    tracer: Tracer
    statement: Site
    target: str
    after: bool = True
    values: list[Any] = field(default_factory=list)
    waiting: dict[str, Any] | None = None

    def __call__(self, number: int, names: dict[str, Any]) -> None:
        same = self.tracer.source.sites[number].function == self.statement.function
        if self.waiting is not None and same:
            self._keep(names)
            self.waiting = None
        if number == self.statement.number:
            if self.after:
                self.waiting = names
            else:
                self._keep(names)

    def finish(self) -> None:
        """The run is over: the last execution's target, where an object that lives on holds it."""
        if self.waiting is not None and not self.target.isidentifier():
            self._keep(self.waiting)

    def _keep(self, names: dict[str, Any]) -> None:
        if len(self.values) < KEPT:
            value = _read(self.target, self.tracer.program.module.__dict__, names)
            if value is not None:
                self.values.append(np.array(value) if isinstance(value, np.ndarray) else value)


def _read(target: str, known: dict[str, Any], names: dict[str, Any]) -> Any:
    """The value of a target; of one entry or a part of an array, the whole array; None where it has none yet."""
    node = ast.parse(target, mode="eval").body
    try:
        if isinstance(node, ast.Subscript):
            base = eval(ast.unparse(node.value), known, names)  # noqa: S307 - the user's own text, in the worker
            if isinstance(base, np.ndarray):
                return base
        return eval(target, known, names)  # noqa: S307 - as above
    except Exception:  # noqa: BLE001 - a name that is not there yet, an index past the end: anything may be raised
        return None
