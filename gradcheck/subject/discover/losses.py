"""Where a loss may be: calls that gave one number, expressions printed or kept, functions nobody called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.leaves import is_users
from gradcheck.subject.discover.moments import Moment
from gradcheck.subject.discover.naming import LOSSY, prior_of
from gradcheck.subject.discover.observation import Observation
from gradcheck.subject.discover.phrases import Phrases
from gradcheck.subject.discover.pool import Pool
from gradcheck.subject.discover.sayable import CannotSayError
from gradcheck.subject.discover.script import Script
from gradcheck.subject.statements import Function

MOST = 80
DUNDERS = {"__call__"}


@dataclass(frozen=True, slots=True)
class LossCandidate:
    """An expression that may be the loss.

    Attributes:
        expression: in the setup's words.
        prior: how much its name and its origin speak for it.
        name: what the user calls it.
    """

    expression: str
    prior: float
    name: str


def loss_candidates(seen: Observation) -> list[LossCandidate]:
    """Expressions that may be the loss, the likeliest first."""
    found: dict[str, LossCandidate] = {}
    for candidate in _all(seen):
        key = candidate.expression
        if key not in found or found[key].prior < candidate.prior:
            found[key] = candidate
    return sorted(found.values(), key=lambda candidate: -candidate.prior)[:MOST]


def _all(seen: Observation) -> Iterator[LossCandidate]:
    yield from _called(seen)
    yield from _written(seen)
    yield from _uncalled(seen)


def _called(seen: Observation) -> Iterator[LossCandidate]:
    done: set[tuple[object, int]] = set()
    for call in seen.calls:
        name = call.code.co_name
        if (
            not call.returned
            or (call.code, id(call.site)) in done
            or (name.startswith("<") and name != "<lambda>")
        ):
            continue
        if name.startswith("__") and name not in DUNDERS:
            continue
        done.add((call.code, id(call.site)))
        suffixes = list(_scalars(call.value))
        if not suffixes:
            continue
        try:
            said = seen.phrases.call(call)
        except CannotSayError:
            continue
        named = _site_name(call) or name
        for suffix in suffixes:
            part = max(prior_of(suffix), 0.0)
            yield LossCandidate(
                said + suffix, 0.3 + max(prior_of(named), part) - 0.05 * len(suffix), f"{named}{suffix}"
            )


def _site_name(call: Call) -> str:
    """What a call is called where it is made; a lambda kept as an attribute has no other name."""
    func = call.site.func if isinstance(call.site, ast.Call) else None
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def _scalars(value: Any, depth: int = 0) -> Iterator[str]:
    """Suffixes that lead to single numbers inside what a call returned."""
    if _is_scalar(value):
        yield ""
    elif depth < 2 and isinstance(value, list) and value and all(map(_is_scalar, value)):
        yield "[0]"
    elif depth < 2 and isinstance(value, tuple | list | dict):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in list(items)[:20]:
            if isinstance(key, str | int):
                yield from (f"[{key!r}]{rest}" for rest in _scalars(item, depth + 1))
    elif is_users(value):
        yield from (f".{name}" for name in _NUMBERS if _is_scalar(getattr(value, name, None)))


_NUMBERS = ("data", "value", "val", "item", "v", "loss")
# What the numbers of a scalar engine are called.


def _is_scalar(value: Any) -> bool:
    if isinstance(value, float | np.floating):
        return True
    return isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind == "f"


def _written(seen: Observation) -> Iterator[LossCandidate]:
    """Calls and expressions in the source, reached or not: prints, histories, names like loss."""
    stage = seen.driver.stage
    scene = stage.scene
    phrases = stage.phrases()
    run = scene.training.run
    chain = run.call.chain
    trainers = {call.code.co_name for call in chain[1:]}  # they go on for as long as training does
    for level, call in enumerate(chain):
        if level == 0:
            body = _statements(scene.script)
        else:
            function = scene.script.functions.get((call.code.co_firstlineno, call.code.co_name))
            body = function.body if isinstance(function, ast.FunctionDef) else []
        names = chain[level + 1].around if level + 1 < len(chain) else run.names
        yield from _in_body(body, Moment(call, names, 10**9), phrases, trainers)
    done: set[object] = set()
    for call in seen.watch.calls[1:]:
        if call.code.co_name == "<module>":
            yield from _in_body(_statements(scene.script), Moment(call, {}, 10**9), seen.phrases, trainers)
        if call.code in done or call.site is None:
            continue
        done.add(call.code)
        function = seen.driver.stage.scene.script.functions.get((call.code.co_firstlineno, call.code.co_name))
        if isinstance(function, ast.FunctionDef):
            moment = Moment(call, {**call.given, **call.names}, 10**9)
            yield from _in_body(function.body, moment, seen.phrases, trainers)


def _in_body(
    body: list[ast.stmt], moment: Moment, phrases: Phrases, trainers: set[str]
) -> Iterator[LossCandidate]:
    for statement in body:
        for node in ast.walk(statement):
            for value, name, prior in _written_at(node):
                if _called_names(value) & trainers:
                    continue
                at = Moment(moment.call, moment.names, getattr(node, "lineno", moment.line))
                try:
                    said = phrases.expression(value, at)
                except CannotSayError:
                    continue
                yield LossCandidate(said, prior, name)


def _statements(script: Script) -> list[ast.stmt]:
    """What the script itself runs."""
    return [s for s in script.tree.body if not isinstance(s, ast.FunctionDef | ast.ClassDef)]


def _called_names(node: ast.expr) -> set[str]:
    functions = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
    return {
        f.attr if isinstance(f, ast.Attribute) else f.id
        for f in functions
        if isinstance(f, ast.Attribute | ast.Name)
    }


def _written_at(node: ast.AST) -> Iterator[tuple[ast.expr, str, float]]:
    """Expressions at a node that may be a loss, each with a name for it and how much speaks for it."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        name = _name_of(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        if prior_of(name) > 0 and not isinstance(node.value, ast.Constant | ast.Name | ast.List):
            yield node.value, name, 0.2 + 0.8 * prior_of(name)
    elif isinstance(node, ast.Call):
        name = _name_of(node.func)
        if name in {"print", "append", "write", "format"}:
            yield from _shown(node)
        elif prior_of(name) > 0:
            yield node, name, 0.25 + prior_of(name)


def _shown(node: ast.Call) -> Iterator[tuple[ast.expr, str, float]]:
    """What a call prints or keeps, where it was reduced to a number."""
    prior = 0.1 + 0.4 * bool(LOSSY.search(ast.unparse(node).lower()))
    for argument in node.args:
        for part in ast.walk(argument):
            if isinstance(part, ast.Call | ast.BinOp | ast.UnaryOp) and _reduces(part):
                yield part, f"the printed {ast.unparse(part)[:30]}", prior


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _reduces(node: ast.expr) -> bool:
    return any(
        isinstance(n, ast.Call) and re.search(r"(mean|sum|norm|average|dot|vdot)$", ast.unparse(n.func))
        for n in ast.walk(node)
    )


def _uncalled(seen: Observation) -> Iterator[LossCandidate]:
    """Functions that nobody called, with arguments found by their names."""
    scene = seen.driver.stage.scene
    script = scene.script
    ran = {(call.code.co_firstlineno, call.code.co_name) for call in seen.watch.calls}
    pool = Pool(seen)
    for key, function in script.functions.items():
        if (key in ran and prior_of(key[1]) <= 0) or isinstance(function, ast.Lambda):
            continue
        if prior_of(function.name) <= -0.5 or function.name.startswith("__"):
            continue
        owner = script.owners.get(id(function))
        receivers = pool.instances(owner.name) if owner is not None else [""]
        for receiver in receivers:
            skip = int(owner is not None and not _static(function))
            for count, given in enumerate(pool.arguments(function, skip=skip)):
                called = f"{receiver}.{function.name}" if receiver else function.name
                prior = 0.1 + prior_of(function.name) - 0.3 * (not given) - 0.02 * count
                yield LossCandidate(f"{called}({', '.join(given)})", prior, function.name)


def _static(function: Function) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)
