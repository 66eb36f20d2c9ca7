"""Gradients given to each other's parameters: two of one shape, whose places are exchanged."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations

from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.repair.context import Context
from gradcheck.repair.relations.arrays import near, numbers
from gradcheck.repair.relations.exchanged import exchanged
from gradcheck.subject.truth import fit_shape
from gradcheck.trace import Site

COST = 0.8


def exchange(context: Context) -> Iterator[Candidate]:
    """Two targets, items of a tuple or entries of a dict exchanged, where two gradients are each other's true one."""
    for pair in exchanged(context):
        yield from _targets(context, pair)
        yield from _items(context, pair)


def _targets(context: Context, pair: tuple[str, str]) -> Iterator[Candidate]:
    """The targets of two statements that hold the two gradients, or of one that unpacks into both."""
    held: dict[str, list[tuple[Site, ast.expr]]] = {name: [] for name in pair}
    for statement in context.statements():
        node = statement.node
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target = node.targets[0]
        if isinstance(target, ast.Tuple):
            for one, other in combinations(target.elts, 2):
                yield _swapped(context, statement, one, other)
        for name in pair:
            if _is_gradient(context, node.value, name):
                held[name].append((statement, target))
    for first, one in held[pair[0]]:
        for second, other in held[pair[1]]:
            if first.function == second.function and first is not second:
                yield _swapped(context, first, one, other, second)


def _items(context: Context, pair: tuple[str, str]) -> Iterator[Candidate]:
    """Two of what a tuple, a list, a dict or a call is made of."""
    for site in context.expressions(ast.Tuple, ast.List, ast.Dict, ast.Call):
        node = site.node
        parts = getattr(node, "elts", None) or getattr(node, "values", None) or getattr(node, "args", [])
        parts = [*parts, *(keyword.value for keyword in getattr(node, "keywords", []))]
        for one, other in combinations(parts, 2):
            first, second = (
                _is_gradient(context, part, name) for part, name in zip((one, other), pair, strict=True)
            )
            third, fourth = (
                _is_gradient(context, part, name) for part, name in zip((other, one), pair, strict=True)
            )
            if (first and second) or (third and fourth):
                yield _swapped(context, site, one, other)


def _swapped(
    context: Context, site: Site, one: ast.expr, other: ast.expr, second: Site | None = None
) -> Candidate:
    splices = [
        Splice(*context.source.span(one), context.text(other)),
        Splice(*context.source.span(other), context.text(one)),
    ]
    statements = tuple(dict.fromkeys((site.statement, second.statement if second else site.statement)))
    cost = COST + context.suspicion(statements)
    return Candidate(tuple(splices), "exchange", cost, site.function, statements)


def _is_gradient(context: Context, node: ast.AST, name: str) -> bool:
    """Whether an expression comes to what the code uses as the gradient of a parameter."""
    value = numbers(context.value(context.source.site_of(node)))
    gradient = context.tracer.gradient[name]
    fitted = None if value is None else fit_shape(value, gradient.shape)
    return fitted is not None and near(fitted, gradient)
