"""Edits of updates and optimisers, each tried where its experiment saw the fault."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import in_loop
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import between, line_above, text_of
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


def descents(lab: Lab, fact: Fact) -> Edits:
    """The step taken off instead of added, on every line of the update."""
    source = SourceMap(lab.source)
    edits: list[Splice] = []
    for site in _statements(source, fact):
        node = site.node
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
            edits.append(between(source, node.target, node.value, " -= "))
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            edits.append(between(source, value.left, value.right, " - "))
    if edits:
        yield edits


def subtractions(lab: Lab, fact: Fact) -> Edits:
    """`w -= x` for `w = -x`."""
    source = SourceMap(lab.source)
    for site in _statements(source, fact):
        node = site.node
        if not isinstance(node, ast.Assign):
            continue
        first: ast.AST = node.value
        while isinstance(first, ast.BinOp):
            first = first.left
        if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub):
            yield [between(source, node.targets[0], first.operand, " -= ")]
        yield [between(source, node.targets[0], node.value, " -= ")]


def in_place(lab: Lab, fact: Fact) -> Edits:
    """`w[...] = x` for `w = x`: the array that others hold is written into."""
    source = SourceMap(lab.source)
    for site in _statements(source, fact):
        node = site.node
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            end = source.span(node.targets[0])[1]
            yield [Splice(end, end, "[...]")]


def kept_updates(lab: Lab, fact: Fact) -> Edits:
    """The updated value assigned to what it was computed from."""
    source = SourceMap(lab.source)
    for site in _statements(source, fact):
        node = site.node
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
            text = text_of(source, node.value.left)
            yield [Splice(*source.span(node.targets[0]), text)]


def true_divisions(lab: Lab, fact: Fact) -> Edits:
    """`/` for `//` where the rate comes from."""
    source = SourceMap(lab.source)
    for site in source.sites:
        node = site.node
        if site.line in fact["lines"] and isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
            yield [between(source, node.left, node.right, " / ")]


def clearings(lab: Lab, fact: Fact) -> Edits:
    """A method of the same object that takes nothing, called before the gradient is computed."""
    source = SourceMap(lab.source)
    for site in _statements(source, fact)[:1]:
        owner, _, _ = site.function.rpartition(".")
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef) and node.name == owner:
                for method in (part for part in node.body if isinstance(part, ast.FunctionDef)):
                    if len(method.args.args) == 1 and method.name != "__init__":
                        yield [line_above(source, site, f"{method.args.args[0].arg}.{method.name}()")]


def other_lists(lab: Lab, fact: Fact) -> Edits:
    """Another attribute of the object gone through where the parameters are gathered."""
    source = SourceMap(lab.source)
    # Elsewhere another attribute may go through nothing at all.
    lines = fact["lines"] if fact["gathered"] else ()
    inside = [s for s in source.sites if s.line in lines and isinstance(s.node, ast.Attribute)]
    for site in inside:
        node = site.node
        assert isinstance(node, ast.Attribute)
        if not isinstance(node.value, ast.Name):
            continue
        owner = site.function.rpartition(".")[0]
        stored = {
            s.node.attr
            for s in source.sites
            if isinstance(s.node, ast.Attribute)
            and isinstance(s.node.ctx, ast.Store)
            and s.function.startswith(f"{owner}.")
        }
        for name in sorted(stored - {node.attr}):
            yield [Splice(site.start, site.end, f"{node.value.id}.{name}")]


def loop_counts(lab: Lab, fact: Fact) -> Edits:
    """The loop's own variable for a constant argument."""
    source = SourceMap(lab.source)
    for site in _statements(source, fact):
        loop = in_loop(source, site)
        call = site.node.value if isinstance(site.node, ast.Assign) else None
        if loop is None or not isinstance(loop.node, ast.For) or not isinstance(call, ast.Call):
            continue
        names = [node.id for node in ast.walk(loop.node.target) if isinstance(node, ast.Name)]
        for argument, name in product(call.args, names):
            if isinstance(argument, ast.Constant):
                yield [Splice(*source.span(argument), name)]


def published_steps(lab: Lab, fact: Fact) -> Edits:
    """What the algorithm has where a replay found something else."""
    source = SourceMap(lab.source)
    statements = _statements(source, fact)
    if fact["fault"] == "idle":
        yield from in_place(lab, fact)
    if fact["fault"] == "epsilon":
        yield from _outside_root(source, fact)
    if fact["fault"] == "shared":
        for site in source.sites:
            node = site.node
            if (
                site.line in fact["lines"]
                and isinstance(node, ast.Subscript)
                and isinstance(node.value, ast.Name)
            ):
                yield [Splice(site.start, site.end, node.value.id)]
    if fact["fault"] == "count":
        for site in statements:
            loop = in_loop(source, site)
            if loop is not None:
                start, end = source.line_start(site.line), source.line_start(site.line + 1)
                yield [line_above(source, loop, source.text(site)), Splice(start, end, "")]
    if fact["fault"] == "uncorrected":
        yield from _corrected(source, fact, statements)


def _outside_root(source: SourceMap, fact: Fact) -> Edits:
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
    """`b / (1 - beta**t)` for a plain `b`, with the beta that decays b and the t that counts the steps."""
    inside = [s for s in source.sites if s.function == f"{fact['name']}.{fact['method']}"]
    counts = [
        text_of(source, s.node.target)
        for s in inside
        if isinstance(s.node, ast.AugAssign) and ast.unparse(s.node.value) == "1"
    ]
    edits: list[Splice] = []
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


def whole_clips(lab: Lab, fact: Fact) -> Edits:
    """Every gradient times a factor that the function computes and does not use."""
    source = SourceMap(lab.source)
    inside = [s for s in source.sites if s.function == fact["function"]]
    names = [s.node for s in inside if isinstance(s.node, ast.Name)]
    loaded = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    unused = [node.id for node in names if isinstance(node.ctx, ast.Store) and node.id not in loaded]
    for site in inside:
        call = site.node
        if site.line in fact["lines"] and isinstance(call, ast.Call) and call.args:
            for name in unused:
                yield [Splice(site.start, site.end, f"{text_of(source, call.args[0])} * {name}")]


def other_rates(lab: Lab, fact: Fact) -> Edits:
    """The rate with which training was seen to work, where the present one is written down."""
    source = SourceMap(lab.source)
    for site in source.sites:
        node = site.node
        if site.line in fact["lines"] and isinstance(node, ast.Constant) and node.value == fact["rate"]:
            yield [Splice(site.start, site.end, f"{fact['rate'] * fact['factor']:.12g}")]


def weaker_penalties(lab: Lab, fact: Fact) -> Edits:
    """A tenth of the penalty's strength, then a tenth of that, where the present one is written down."""
    source = SourceMap(lab.source)
    for factor in (0.1, 0.01, 0.001):
        for site in source.sites:
            node = site.node
            if site.line in fact["lines"] and isinstance(node, ast.Constant) and node.value == fact["value"]:
                yield [Splice(site.start, site.end, f"{fact['value'] * factor:.12g}")]


def _statements(source: SourceMap, fact: Fact) -> list[Site]:
    """The statements on the lines of a fact, in their order there."""
    simple = [
        s
        for s in source.sites
        if s.is_statement and not isinstance(s.node, ast.For | ast.If | ast.FunctionDef)
    ]
    return [site for line in fact["lines"] for site in simple if site.line == line]
