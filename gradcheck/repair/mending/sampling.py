"""Edits of how samples are paired, ordered, scaled and counted, each tried where its experiment saw the fault."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.shifts import offsets
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import on_lines, text_of
from gradcheck.trace import SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


def same_rows(lab: Lab, fact: Fact) -> Edits:
    """The index of the samples for the labels too, or the other way round, where a call is given both."""
    source = SourceMap(lab.source)
    for site in on_lines(source, fact, ast.Call):
        assert isinstance(site.node, ast.Call)
        parts = [part for part in site.node.args if isinstance(part, ast.Subscript)]
        for one in parts:
            for other in parts:
                if one is not other:
                    yield [Splice(*source.span(other.slice), text_of(source, one.slice))]


def shuffled_orders(lab: Lab, fact: Fact) -> Edits:
    """A permutation for the order of the samples, from the generator that the function holds where it has one."""
    source = SourceMap(lab.source)
    for site in on_lines(source, fact, ast.Assign)[:1]:
        assert isinstance(site.node, ast.Assign)
        value = site.node.value
        inside = [
            s.node for s in source.sites if s.function == site.function and isinstance(s.node, ast.Assign)
        ]
        generators = [
            ast.unparse(node.targets[0])
            for node in inside
            if isinstance(node.value, ast.Call) and ast.unparse(node.value.func).endswith("default_rng")
        ]
        owner = generators[0] if generators else "np.random"
        calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
        sorting = [
            call.func.value for call in calls if not call.args and isinstance(call.func, ast.Attribute)
        ]
        counted = [argument for call in calls for argument in call.args] + sorting
        for argument in counted:
            yield [Splice(*source.span(value), f"{owner}.permutation(len({text_of(source, argument)}))")]


def plain_indices(lab: Lab, _fact: Fact) -> Edits:
    """The label itself as index, wherever it is shifted by one."""
    edits = [Splice(start, end, name) for _, start, end, name in offsets(lab)]
    names = dict.fromkeys(splice.text for splice in edits)
    for name in names:
        yield [splice for splice in edits if splice.text == name]


def uncast_inputs(lab: Lab, fact: Fact) -> Edits:
    """What the samples were made of before they became alike; a quotient that is not cut off first."""
    source = SourceMap(lab.source)
    for site in source.sites:
        if site.line != fact["line"] or source.text(site) != fact["text"]:
            continue
        if isinstance(site.node, ast.BinOp) and isinstance(site.node.op, ast.FloorDiv):
            left, right = text_of(source, site.node.left), text_of(source, site.node.right)
            yield [Splice(site.start, site.end, f"{left} / {right}")]
        statement = source.statement_of(site).node
        buffer = isinstance(statement, ast.Assign) and statement.value is site.node and _is_blank(site.node)
        if fact["before"] and not buffer:
            yield [Splice(site.start, site.end, fact["before"])]


def _is_blank(node: ast.AST) -> bool:
    """Whether an expression makes a new array of one number: what should have been written into it is not known."""
    name = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
    return name.removesuffix("_like") in {"zeros", "ones", "empty", "full"}


def weighted_means(lab: Lab, fact: Fact) -> Edits:
    """The mean of batch figures weighed by the sizes of the batches that the figures were made of."""
    source = SourceMap(lab.source)
    made = {
        ast.unparse(s.node.targets[0]): s.node.value
        for s in source.sites
        if s.function == fact["function"] and isinstance(s.node, ast.Assign)
    }
    for site in source.sites:
        if site.line not in fact["lines"] or source.text(site) != fact["text"]:
            continue
        averaged = _averaged(site.node)
        figures = made.get(ast.unparse(averaged), averaged) if averaged is not None else None
        if averaged is None or not isinstance(figures, ast.ListComp) or not isinstance(figures.elt, ast.Call):
            continue
        loops = source.source[source.span(figures.elt)[1] : source.span(figures)[1] - 1]
        for part in figures.elt.args:
            weights = f"[len({text_of(source, part)}){loops}]"
            given = text_of(source, averaged)
            yield [Splice(site.start, site.end, f"np.average({given}, weights={weights})")]


def _averaged(node: ast.AST) -> ast.expr | None:
    """What a plain mean is taken of: `np.mean(it)`, `sum(it) / len(it)`."""
    total = node.left if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else node
    name = getattr(total.func, "attr", getattr(total.func, "id", "")) if isinstance(total, ast.Call) else ""
    plain = name == "sum" if total is not node else bool(name)
    return total.args[0] if isinstance(total, ast.Call) and plain and len(total.args) == 1 else None


def other_axes(lab: Lab, fact: Fact) -> Edits:
    """The argmax along the classes."""
    source = SourceMap(lab.source)
    for site in on_lines(source, fact, ast.Call):
        assert isinstance(site.node, ast.Call)
        if source.text(site) == fact["text"]:
            named = [keyword.value for keyword in site.node.keywords if keyword.arg == "axis"]
            for axis in [*named, *site.node.args[-1:]]:
                yield [Splice(*source.span(axis), str(fact["axis"]))]


def flat_sides(lab: Lab, fact: Fact) -> Edits:
    """Both sides of a comparison flat."""
    source = SourceMap(lab.source)
    for site in on_lines(source, fact, ast.Compare):
        assert isinstance(site.node, ast.Compare)
        if source.text(site) == fact["text"]:
            for side in (site.node.left, site.node.comparators[0]):
                end = source.span(side)[1]
                yield [Splice(end, end, ".ravel()")]


def like_reports(lab: Lab, fact: Fact) -> Edits:
    """One function for both figures of a report, with as many arguments as the other call of it has."""
    source = SourceMap(lab.source)
    for site in source.sites:
        node = site.node
        values = node.values if isinstance(node, ast.Dict) else getattr(node, "elts", [])
        if site.line not in {fact["line"], *fact.get("lines", [])}:
            continue
        calls = [part for part in values if isinstance(part, ast.Call)]
        for one, other in permutations(reversed(calls), 2):
            if ast.unparse(one.func) != ast.unparse(other.func):
                name = Splice(*source.span(other.func), text_of(source, one.func))
                more = other.args[len(one.args) :]
                gone = [
                    Splice(source.span(before)[1], source.span(argument)[1], "")
                    for before, argument in zip(other.args[len(one.args) - 1 :], more, strict=False)
                ]
                yield [name, *gone]


def earlier_norms(lab: Lab, fact: Fact) -> Edits:
    """The figure made before the statements of its block that stand above it, one by one."""
    source = SourceMap(lab.source)
    for site in on_lines(source, fact, ast.Assign):
        above = [
            other
            for other in source.sites
            if other.is_statement and other.parent == site.parent and other.line < site.line
        ]
        end = source.line_start((getattr(site.node, "end_lineno", None) or site.line) + 1)
        start = source.line_start(site.line)
        for other in reversed(above):
            place = source.line_start(other.line)
            yield [Splice(place, place, source.source[start:end]), Splice(start, end, "")]
