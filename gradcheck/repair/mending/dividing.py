"""Edits of how samples are divided and scaled: sets without a sample in common, and one scale for both."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.experiments.cuts import bounds_of, ends_of, pairs_of
from gradcheck.experiments.lab import Lab
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import on_lines, text_of
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


def rest_of_samples(lab: Lab, fact: Fact) -> Edits:
    """For the test set, what the one that trains leaves out; where that leaves nothing out, the other way round."""
    source = SourceMap(lab.source)
    bound: dict[str, ast.expr] = {}
    for site in on_lines(source, fact, ast.Assign):
        assert isinstance(site.node, ast.Assign)
        bound |= {ast.unparse(name): value for name, value in pairs_of(site.node)}
    test, train = bound.get(fact["test"]), bound.get(fact["train"])
    if test is None or train is None:
        return
    for node, other in ((test, train), (train, test)):
        rest = _rest(source, other)
        if rest is not None and bounds_of(node) is not None:
            alike = [part for part in bound.values() if _same_bounds(part, node)]
            # The labels beside the samples: of each array that is cut the same way, the part that was cut last.
            last = {_base(part): part for part in alike if _base(part) != _base(node)}
            yield [_bounded(source, part, rest) for part in (node, *last.values())]
        elif rest is not None and isinstance(node, ast.Name):
            end = source.span(node)[1]
            yield [Splice(end, end, f"[{_text(rest)}]")]


def _rest(source: SourceMap, node: ast.expr) -> tuple[str, str] | None:
    """From where to where an array goes on beside a part of it that begins or ends with it."""
    bounds = bounds_of(node)
    lower, upper = ends_of(bounds) if bounds is not None else (None, None)
    if upper is not None and lower is None:
        return text_of(source, upper), ""
    return ("", text_of(source, lower)) if lower is not None else None


def _bounded(source: SourceMap, node: ast.expr, ends: tuple[str, str]) -> Splice:
    """Other ends for the slice of an expression."""
    bounds = bounds_of(node)
    assert bounds is not None
    if isinstance(bounds, ast.Slice):
        return Splice(*source.span(bounds), _text(ends))
    first, last = (source.span(argument) for argument in (bounds.args[0], bounds.args[-1]))
    return Splice(first[0], last[1], ", ".join(end or "None" for end in ends))


def _text(ends: tuple[str, str]) -> str:
    simple = all(end.isidentifier() or end.isdecimal() or not end for end in ends)
    return ":".join(ends) if simple else " : ".join(ends).strip()


def _same_bounds(one: ast.expr, other: ast.expr) -> bool:
    bounds = bounds_of(one), bounds_of(other)
    return None not in bounds and ast.dump(bounds[0]) == ast.dump(bounds[1])  # type: ignore[arg-type]


def _base(node: ast.expr) -> str:
    return ast.unparse(node.value) if isinstance(node, ast.Subscript) else ""


def kept_scalers(lab: Lab, fact: Fact) -> Edits:
    """What was made of the training set before, rather than a new one made of the other set.

    An object of the same class, the other arguments of another call of the same function, or a figure by its name.
    """
    source = SourceMap(lab.source)
    for site in on_lines(source, fact, ast.Call):
        assert isinstance(site.node, ast.Call)
        for target, value in _made(source, site):
            if isinstance(value, ast.Call) and ast.unparse(value.func) == ast.unparse(site.node.func):
                yield [Splice(site.start, site.end, ast.unparse(target))]
        yield from _other_arguments(source, site, site.node)
        yield from _known_figures(source, site)


def _made(source: SourceMap, call: Site) -> list[tuple[ast.expr, ast.expr]]:
    """What the function of a call has given names to above it, and what that is."""
    above = [s.node for s in source.sites if s.function == call.function and s.line < call.line]
    return [pair for node in above if isinstance(node, ast.Assign) for pair in pairs_of(node)]


def _other_arguments(source: SourceMap, site: Site, call: ast.Call) -> Edits:
    """Names that another call of the function is given, for arguments but the first that compute what they are."""
    for other in source.sites:
        node = other.node
        same = isinstance(node, ast.Call) and ast.unparse(node.func) == ast.unparse(call.func)
        if not isinstance(node, ast.Call) or not same or other.function != site.function or other is site:
            continue
        pairs = list(zip(call.args[1:], node.args[1:], strict=False))
        named = all(isinstance(its, ast.Name | ast.Attribute) for _, its in pairs)
        computed = all(_figure(mine) for mine, _ in pairs)
        if pairs and named and computed and len(call.args) == len(node.args):
            yield [Splice(*source.span(mine), text_of(source, its)) for mine, its in pairs]


def _known_figures(source: SourceMap, site: Site) -> Edits:
    """Names for figures of one kind each, wherever the statement computes such a figure itself."""
    statement = source.statement_of(site)
    names: dict[str, str] = {}
    for target, value in _made(source, site):
        kind = _figure(value)
        if kind and isinstance(target, ast.Name):
            names.setdefault(kind, target.id)
    edits = [
        Splice(*source.span(node), names[_figure(node)])
        for node in ast.walk(statement.node)
        if isinstance(node, ast.expr) and _figure(node) in names
    ]
    if edits:
        yield edits


def _figure(node: ast.expr) -> str:
    """Which figure of an array an expression is; empty for none."""
    name = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
    return name if name in {"mean", "std", "min", "max"} else ""
