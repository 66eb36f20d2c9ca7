"""Velocities that do nothing: training follows plain gradient descent, and yet its code keeps a decaying sum."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.experiments.handed import Replay
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import leaves, lookup, multiple, numeric, scalar
from gradcheck.experiments.watched import watch_training
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError, Site

VISITS = 4
# Times that a statement must have found the same for that to be its habit.
LEAST, MOST = 0.3, 1.0
# What a velocity is multiplied with lies between.

Fact = dict[str, Any]


def velocity_of(lab: Lab, replay: Replay) -> Fact:
    """The fault of a velocity, {fault, line, lines, decay}, of training that is known to be plain descent; else empty.

    "idle": a statement multiplies it with a decay, and finds it all zeros each time. "overwritten": an array from
    before the first round holds the last gradient, or a multiple of it, and there is a decay that nothing reads.
    """
    idle = _idle(lab)
    if idle:
        return idle
    decay = _unread_decay(lab, replay)
    ways = list(_echoes(replay)) if decay is not None else []
    lines = [site.line for site in _copying(lab, {_last(way.keys, way.root) for way in ways})] if ways else []
    return {"fault": "overwritten", "line": lines[0], "lines": lines, "decay": decay} if lines else {}


def _idle(lab: Lab) -> Fact:
    shapes = {np.shape(value) for value in lab.truth.values.values()}
    visits: dict[int, list[tuple[bool, float]]] = {}
    order: list[int] = []

    def look(number: int, names: Mapping[str, Any]) -> None:
        site = lab.tracer.source.sites[number]
        order.append(number)
        if len(order) > len(watched.order):
            raise EnoughSeenError
        if isinstance(site.node, ast.Assign):
            scope = {**lab.tracer.program.module.__dict__, **names}
            for decay, array in _decayed(site.node.value, scope):
                if array.shape in shapes:
                    visits.setdefault(number, []).append((not np.any(array), decay))

    def run(live: Live) -> None:
        live.execute(lab.wiring.train)

    watched = lab.once(watch_training)
    if not lab.wiring.train:
        return {}
    lab.tracer.watching(look, run)
    updates = watched.attempts.keys()  # which may meet the gradient of a dead unit
    for number in sorted(visits.keys() - updates):
        found = visits[number]
        if len(found) >= VISITS and all(zero for zero, _ in found):
            line = lab.tracer.source.sites[number].line
            return {"fault": "idle", "line": line, "lines": [line], "decay": found[0][1]}
    return {}


def _decayed(value: ast.expr, scope: Mapping[str, Any]) -> Iterator[tuple[float, Any]]:
    """The terms of a sum that multiply an array, or the 0 before there is one, with a number between the bounds."""
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add | ast.Sub):
        return
    for term, beside in ((value.left, value.right), (value.right, value.left)):
        if not isinstance(term, ast.BinOp) or not isinstance(term.op, ast.Mult):
            continue
        found = [lookup(part, scope) for part in leaves(term)]
        written = [part.value for part in ast.walk(term) if isinstance(part, ast.Constant)]
        numbers = [float(one) for one in (*found, *written) if scalar(one) and LEAST < one < MOST]
        arrays = [one for one in found if numeric(one)]
        if not arrays and any(scalar(one) and one == 0.0 for one in found):
            others = [lookup(part, scope) for part in leaves(beside)]
            arrays = [np.zeros_like(one) for one in others if numeric(one)]
        if len(arrays) == 1 and numbers:
            yield numbers[0], arrays[0]


def _unread_decay(lab: Lab, replay: Replay) -> float | None:
    """A number between the bounds that training has under a name, and that no statement of the file reads."""
    read = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(lab.tracer.source.tree)
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load)
    }
    named = [(_last(way.keys, way.root), number) for way, number in replay.handed.numbers[0].items()]
    for name, number in (*named, *_defaults(lab)):
        if LEAST < number < MOST and name and name not in read:
            return number
    return None


def _defaults(lab: Lab) -> Iterator[tuple[str, float]]:
    """The arguments of the functions that training calls whose defaults are numbers."""
    seen = lab.once(watch_training)
    called = {seen.source.sites[number].function.rpartition(".")[2] for number in seen.order}
    for node in ast.walk(seen.source.tree):
        if isinstance(node, ast.FunctionDef) and node.name in called:
            given = node.args.args[len(node.args.args) - len(node.args.defaults) :]
            for argument, value in zip(given, node.args.defaults, strict=True):
                if isinstance(value, ast.Constant) and isinstance(value.value, float):
                    yield argument.arg, value.value


def _last(keys: tuple[tuple[str, Any], ...], root: str) -> str:
    """The name at the end of a way: of an attribute, or of the local that holds a container."""
    names = [str(key) for kind, key in keys if kind == "attribute"]
    return names[-1] if names else root.rsplit(".", 1)[-1]


def _echoes(replay: Replay) -> Iterator[Any]:
    """Ways to arrays that hold, at each round after the first, a multiple of the last gradient."""
    arrays, gradients = replay.handed.arrays, replay.steps.gradients
    for way, first in arrays[1].items() if len(arrays) > 1 else ():
        same = [
            name
            for name, some in gradients.items()
            if some[0].shape == first.shape
            and all(
                way in later and multiple(later[way], some[turn]) is not None
                for turn, later in enumerate(arrays[1:])
            )
        ]
        if same:
            yield way


def _copying(lab: Lab, names: set[str]) -> Iterator[Site]:
    """Statements of training that store what they look up or scale, in one of some names or in a part of an array."""
    seen = lab.once(watch_training)
    for number in dict.fromkeys(seen.order):
        site = seen.source.sites[number]
        node = site.node
        if not isinstance(node, ast.Assign) or any(isinstance(p, ast.Call) for p in ast.walk(node.value)):
            continue
        target = node.targets[0]
        while isinstance(target, ast.Subscript):
            target = target.value
        name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
        if name in names or isinstance(node.targets[0], ast.Subscript):
            yield site
