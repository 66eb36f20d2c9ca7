"""Edits of updates and optimisers, each tried where its experiment saw the fault."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from gradcheck.experiments.forms import given_by_setattr
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.origins import NEAR
from gradcheck.experiments.places import in_loop, is_getattr, scalar
from gradcheck.experiments.trained import trained_from
from gradcheck.repair.candidate import Splice, apply_splices
from gradcheck.repair.mending.splices import between, in_place_of, line_above, on_lines, text_of
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]

ZEROS = {"0", "0.0"}
RATES = ("0.5", "0.1", "0.02", "0.004", "0.001")
# To try for a rate of 0, whose author's own figure is lost.


def descents(lab: Lab, fact: Fact) -> Edits:
    """The step taken off instead of added, on every line of the update."""
    source = SourceMap(lab.source)
    edits: list[Splice] = []
    for site in statements_of(source, fact):
        node = site.node
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
            edits.append(between(source, node.target, node.value, " -= "))
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            edits.append(between(source, value.left, value.right, " - "))
    if edits:
        yield edits


def subtractions(lab: Lab, fact: Fact) -> Edits:
    """`w -= x` for `w = -x`; `w += x` where x is a step that goes down already."""
    source = SourceMap(lab.source)
    for site in statements_of(source, fact):
        node = site.node
        if not isinstance(node, ast.Assign):
            continue
        first: ast.AST = node.value
        while isinstance(first, ast.BinOp):
            first = first.left
        if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub):
            yield [between(source, node.targets[0], first.operand, " -= ")]
        yield from ([between(source, node.targets[0], node.value, sign)] for sign in (" -= ", " += "))
    yield from _taken_off(source, fact)


def _taken_off(source: SourceMap, fact: Fact) -> Edits:
    """`new[k] = w[k] - x` for `new[k] = -x`, w being another name in scope; and so with setattr and getattr."""
    edits: list[list[Splice]] = []
    for site in statements_of(source, fact):
        target = site.node.targets[0] if isinstance(site.node, ast.Assign) else None
        given = given_by_setattr(site.node)
        first: ast.AST | None = site.node.value if isinstance(site.node, ast.Assign) else given
        while isinstance(first, ast.BinOp):
            first = first.left
        if not isinstance(first, ast.UnaryOp):
            continue
        starts = []
        if given is not None and isinstance(site.node, ast.Expr) and isinstance(site.node.value, ast.Call):
            owner, name = (text_of(source, part) for part in site.node.value.args[:2])
            starts = [f"getattr({owner}, {name})"]
        elif isinstance(target, ast.Subscript):
            key = text_of(source, target)[len(text_of(source, target.value)) :]
            names = (s.node for s in source.sites if s.function == site.function)
            others = [n.arg for f in ast.walk(source.tree) for n in arguments_of(f, site.function)]
            others += [n.id for n in names if isinstance(n, ast.Name)]
            starts = [f"{other}{key}" for other in dict.fromkeys(others)]
        begin, end = source.span(first)[0], source.span(first.operand)[0]
        edits += [[Splice(begin, end, f"{start} - ")] for start in starts]
    yield from edits


def arguments_of(node: ast.AST, function: str) -> list[ast.arg]:
    """The arguments of a definition, where it is that of a function of some qualified name."""
    return (
        node.args.args
        if isinstance(node, ast.FunctionDef) and node.name == function.rpartition(".")[2]
        else []
    )


def in_place(lab: Lab, fact: Fact) -> Edits:
    """`w[...] = x` for `w = x`: the array that others hold is written into."""
    source = SourceMap(lab.source)
    for site in statements_of(source, fact):
        node = site.node
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            end = source.span(node.targets[0])[1]
            yield [Splice(end, end, "[...]")]


def kept_updates(lab: Lab, fact: Fact) -> Edits:
    """The updated value assigned to what it was computed from."""
    source = SourceMap(lab.source)
    for site in statements_of(source, fact):
        node = site.node
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
            start = node.value.left
            text = text_of(source, start)
            if is_getattr(start):
                owner, name = (text_of(source, part) for part in start.args)
                yield [
                    Splice(site.start, site.end, f"setattr({owner}, {name}, {text_of(source, node.value)})")
                ]
            yield [Splice(*source.span(node.targets[0]), text)]
            if isinstance(node.value.op, ast.Sub):  # of what is another name of the parameter's array
                yield [Splice(site.start, site.end, f"{text} -= {text_of(source, node.value.right)}")]


def nonzero_rates(lab: Lab, fact: Fact) -> Edits:
    """No cutting off where the rate comes from; else a rate in place of 0, the one first that takes training far."""
    source = SourceMap(lab.source)
    for site in source.sites:
        node = site.node
        if site.line in fact["lines"] and isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
            yield [between(source, node.left, node.right, " / ")]
        if site.line in fact["lines"] and isinstance(node, ast.Call) and ast.unparse(node.func) == "int":
            yield [Splice(site.start, site.end, text_of(source, part)) for part in node.args[:1]]
    zeros = [s for s in on_lines(source, fact, ast.Constant) if ast.unparse(s.node) in ZEROS]
    edits = [[Splice(site.start, site.end, rate)] for site in zeros for rate in RATES]
    trained = [(trained_from(lab, apply_splices(lab.source, edit)), edit) for edit in edits]
    far = sorted((found.after, i) for i, (found, _) in enumerate(trained) if found is not None)
    yield from (trained[i][1] for _, i in far)


def clearings(lab: Lab, fact: Fact) -> Edits:
    """A method of the same object that takes nothing, called before the gradient is computed; or sums started anew."""
    source = SourceMap(lab.source)
    if "rounds" in fact:
        yield from _started_in_loops(source, fact)
    for site in statements_of(source, fact)[:1]:
        yield from _cleared_by_owner(source, site)
        owner, _, _ = site.function.rpartition(".")
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef) and node.name == owner:
                for method in (part for part in node.body if isinstance(part, ast.FunctionDef)):
                    if len(method.args.args) == 1 and method.name != "__init__":
                        yield [line_above(source, site, f"{method.args.args[0].arg}.{method.name}()")]


def _started_in_loops(source: SourceMap, fact: Fact) -> Edits:
    """What starts a sum above its loops, once more at the beginning of each, the innermost first."""
    for site in statements_of(source, fact):
        names = {node.id for node in ast.walk(site.node) if isinstance(node, ast.Name)}
        parents = [node for part in ast.walk(source.tree) for node in _loops_around(part, site)]
        names |= {node.id for loop in parents for node in ast.walk(loop.iter) if isinstance(node, ast.Name)}
        starts = [
            other
            for other in source.sites
            if isinstance(other.node, ast.Assign)
            and other.function == site.function
            and ast.unparse(other.node.targets[0]) in names
            and other.start < site.start
        ]
        for loop in sorted(parents, key=lambda node: -node.lineno):
            first = next(s for s in source.sites if s.is_statement and s.node is loop.body[0])
            for start in starts:
                if start.line < loop.lineno:
                    yield [line_above(source, first, source.text(start))]


def _loops_around(node: ast.AST, site: Site) -> list[ast.For]:
    inside = isinstance(node, ast.For) and any(part is site.node for part in ast.walk(node))
    return [node] if inside and isinstance(node, ast.For) else []


def _cleared_by_owner(source: SourceMap, site: Site) -> Edits:
    """`net.clear()` above `net.backward(x, y)`, for every method of that class that takes nothing."""
    value = getattr(site.node, "value", None)
    callee = value.func if isinstance(value, ast.Call) else None
    if not isinstance(callee, ast.Attribute):
        return
    for node in ast.walk(source.tree):
        methods = [part for part in getattr(node, "body", ()) if isinstance(part, ast.FunctionDef)]
        if isinstance(node, ast.ClassDef) and callee.attr in {method.name for method in methods}:
            for method in methods:
                if len(method.args.args) == 1 and method.name != "__init__":
                    yield [line_above(source, site, f"{text_of(source, callee.value)}.{method.name}()")]


def moving_schedules(lab: Lab, fact: Fact) -> Edits:
    """A schedule that moves with its loop's count, and whose number is used."""
    source = SourceMap(lab.source)
    if fact["kind"] == "unused":
        yield [Splice(*cut) for cut in fact["edit"]]
        return
    for site in statements_of(source, fact):
        loop = in_loop(source, site)
        while loop is not None and isinstance(site.node, ast.Assign):
            if isinstance(loop.node, ast.For):
                names = [node.id for node in ast.walk(loop.node.target) if isinstance(node, ast.Name)]
                replaced = _constants if fact["kind"] == "constant" else _slowed
                for part, text in replaced(site.node, names, fact):
                    yield [in_place_of(source, part, text)]
            loop = in_loop(source, loop)


def _constants(node: ast.Assign, names: list[str], _fact: Fact) -> Iterator[tuple[ast.expr, str]]:
    """The loop's own variable for a constant argument."""
    if isinstance(node.value, ast.Call):
        for argument, name in product(node.value.args, names):
            if isinstance(argument, ast.Constant):
                yield argument, name


def _slowed(node: ast.Assign, names: list[str], fact: Fact) -> Iterator[tuple[ast.expr, str]]:
    """The count itself for a part of it that never reaches 1; else a part that does four times in the loop."""
    for part in ast.walk(node.value):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.FloorDiv | ast.Div):
            count = part.left
            if isinstance(count, ast.Name) and count.id in names:
                yield part, count.id
                yield part.right, str(max(2, fact["times"] // 4))


def whole_clips(lab: Lab, fact: Fact) -> Edits:
    """Every gradient times one factor: the one that is computed and not used, or the limit over the norm."""
    source = SourceMap(lab.source)
    quotient = f"{fact['limit']} / {fact['norm']}"
    factor = fact["factor"] or (f"({quotient})" if fact["tested"] else f"min(1.0, {quotient})")
    for site in source.sites:
        if site.line in fact["lines"] and source.text(site) == fact["text"]:
            yield [Splice(site.start, site.end, f"{fact['operand']} * {factor}")]


def other_rates(lab: Lab, fact: Fact) -> Edits:
    """The rate with which training was seen to work, where the present one is written down."""
    source = SourceMap(lab.source)
    found = [
        (site, value)
        for site in source.sites
        if site.line in fact["lines"] and scalar(value := getattr(site.node, "value", None))
    ]
    exact = [(site, value) for site, value in found if value == fact["rate"]]
    for site, value in exact or [(s, v) for s, v in found if fact["rate"] < v < NEAR * fact["rate"]]:
        yield [Splice(site.start, site.end, f"{value * fact['factor']:.12g}")]


def weaker_penalties(lab: Lab, fact: Fact) -> Edits:
    """A tenth of the penalty's strength, then a tenth of that, where the present one is written down."""
    source = SourceMap(lab.source)
    for factor in (0.1, 0.01, 0.001):
        for site in source.sites:
            node = site.node
            if site.line in fact["lines"] and isinstance(node, ast.Constant) and node.value == fact["value"]:
                yield [Splice(site.start, site.end, f"{fact['value'] * factor:.12g}")]


def statements_of(source: SourceMap, fact: Fact) -> list[Site]:
    """The statements on the lines of a fact, in their order there."""
    simple = [
        s
        for s in source.sites
        if s.is_statement and not isinstance(s.node, ast.For | ast.If | ast.FunctionDef)
    ]
    return [site for line in fact["lines"] for site in simple if site.line == line]
