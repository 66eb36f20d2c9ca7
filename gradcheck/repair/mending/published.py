"""Edits of optimisers: what the algorithm as it is published has where a replay found something else."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gradcheck.experiments.forms import constant_correction, whole_target
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import in_loop
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import behind, between, line_above, text_of, without_line
from gradcheck.repair.mending.updating import arguments_of, in_place, statements_of
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


def published_steps(lab: Lab, fact: Fact) -> Edits:
    """What the algorithm has where a replay found something else."""
    source = SourceMap(lab.source)
    edits: dict[str, Callable[[SourceMap, Fact, list[Site]], Edits]] = {
        "idle": _kept_velocity,
        "overwritten": _decaying,
        "reset": _started_once,
        "epsilon": _outside_root,
        "shared": _unkeyed,
        "count": _counted_once,
        "uncorrected": _corrected,
    }
    if fact["fault"] == "idle":
        yield from in_place(lab, fact)
    yield from edits[fact["fault"]](source, fact, statements_of(source, fact))


def _unkeyed(source: SourceMap, fact: Fact, _statements: list[Site]) -> Edits:
    """A key itself for a part of it."""
    for site in source.sites:
        node = site.node
        if (
            site.line in fact["lines"]
            and isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
        ):
            yield [Splice(site.start, site.end, node.value.id)]


def _counted_once(source: SourceMap, _fact: Fact, statements: list[Site]) -> Edits:
    """The count moved above the loop that goes through the parameters."""
    for site in statements:
        loop = in_loop(source, site)
        if loop is not None:
            yield [line_above(source, loop, source.text(site)), without_line(source, site)]


def _kept_velocity(source: SourceMap, _fact: Fact, statements: list[Site]) -> Edits:
    """`self.v[k] = v = mu * self.v[k] + g` for `v = mu * self.v[k] + g`."""
    for site in statements:
        value = site.node.value if isinstance(site.node, ast.Assign) else None
        for part in ast.walk(value) if value is not None else ():
            if isinstance(part, ast.Subscript | ast.Attribute):
                yield [Splice(site.start, site.start, f"{text_of(source, part)} = ")]


def _decaying(source: SourceMap, _fact: Fact, statements: list[Site]) -> Edits:
    """`v[...] = mu * v + g` for `v[...] = g`, mu being an argument or an attribute that nothing reads."""
    for site in statements:
        if not isinstance(site.node, ast.Assign):
            continue
        velocity = text_of(source, whole_target(site.node.targets[0]))
        start = source.span(site.node.value)[0]
        for decay in _unread(source, site.function):
            yield [Splice(start, start, f"{decay} * {velocity} + ")]


def _unread(source: SourceMap, function: str) -> list[str]:
    """The arguments of a function, and the attributes of its object, that nothing reads."""
    names = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name | ast.Attribute)]
    read = {ast.unparse(node) for node in names if isinstance(node.ctx, ast.Load)}
    owner = function.rpartition(".")[0]
    stored = [
        ast.unparse(site.node)
        for site in source.sites
        if isinstance(site.node, ast.Attribute) and site.function.rpartition(".")[0] == owner
    ]
    given = [argument.arg for node in ast.walk(source.tree) for argument in arguments_of(node, function)]
    return [name for name in dict.fromkeys([*given, *stored]) if name not in read]


def _started_once(source: SourceMap, _fact: Fact, statements: list[Site]) -> Edits:
    """Without what starts the means anew, where the same is done once elsewhere; a count of 1 becomes one more."""
    texts = [source.text(site) for site in source.sites if site.is_statement]
    edits: list[Splice] = []
    for function in dict.fromkeys(site.function for site in statements):
        for site in (s for s in source.sites if s.function == function and isinstance(s.node, ast.Assign)):
            node = site.node
            again = site in statements and texts.count(source.text(site)) > 1
            if again:
                edits.append(without_line(source, site))
            elif isinstance(node, ast.Assign) and ast.unparse(node.value) == "1":
                edits.append(between(source, node.targets[0], node.value, " += "))
    if edits:
        yield edits


def _outside_root(source: SourceMap, fact: Fact, _statements: list[Site]) -> Edits:
    """`(sqrt(v) + eps)` for `sqrt(v + eps)`."""
    for site in source.sites:
        call = site.node
        if site.line in fact["lines"] and isinstance(call, ast.Call) and call.args:
            inner = call.args[0]
            if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add):
                left, right = (text_of(source, part) for part in (inner.left, inner.right))
                function = text_of(source, call)[: source.span(call.func)[1] - site.start]
                yield [Splice(site.start, site.end, f"({function}({left}) + {right})")]


def _corrected(source: SourceMap, fact: Fact, statements: list[Site]) -> Edits:
    """`b / (1 - beta**t)` for a plain `b`, or for one over 1 - beta, with the t that counts the steps."""
    inside = [s for s in source.sites if s.function == fact["function"]]
    counts = [
        text_of(source, s.node.target)
        for s in inside
        if isinstance(s.node, ast.AugAssign) and ast.unparse(s.node.value) == "1"
    ]
    edits: list[Splice] = []
    for site in inside if counts else []:
        beta = constant_correction(site.node)
        if beta is not None and site.line in fact["lines"]:
            edits.append(behind(source, beta, f"**{counts[0]}"))
    for site in statements:
        value = site.node.value if isinstance(site.node, ast.Assign) else None
        decay = next((d for s in inside if (d := _decay(s.node, value)) is not None), None)
        if value is not None and decay is not None and counts:
            end = source.span(value)[1]
            edits.append(Splice(end, end, f" / (1 - {decay}**{counts[0]})"))
    if edits:
        yield edits


def _decay(node: ast.AST, value: ast.AST | None) -> str | None:
    """The beta of `beta * value`."""
    if value is None or not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return None
    return ast.unparse(node.left) if ast.unparse(node.right) == ast.unparse(value) else None
