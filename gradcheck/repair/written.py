"""Numbers that the author computes elsewhere already: np.sqrt(d), rows - 1. What is written once is written again."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import numpy as np

from gradcheck.repair.terms import Term, is_numeric
from gradcheck.trace import Site, SourceMap
from gradcheck.trace.recorder import Sighting

LONGEST = 40
CALL, SUM = -0.2, 0.2
# A plain name costs 0: a call that stands there already is likelier than a number made up of others, a product less so.
PURE = frozenset({"sqrt", "log", "exp", "float", "max", "min", "abs"})
# Functions that may be called again for the same answer.


Seen = Mapping[int, Sighting]


def written_numbers(
    source: SourceMap, seen: Seen, elsewhere: Seen, function: str, shared: frozenset[str]
) -> list[Term]:
    """Expressions of numbers that are settings: they are the same at every turn, and wherever the parameters are.

    Args:
        source: the parsed source.
        seen: the values that expressions took in the runs of the loss and of the gradient.
        elsewhere: the same at other parameters.
        function: where they are to be written; all of its own count.
        shared: names that mean the same everywhere; an expression of another function may read no others.
    """
    found: dict[str, Term] = {}
    for site in source.sites:
        if not isinstance(site.node, ast.BinOp | ast.Call) or not _is_setting(site, seen, elsewhere):
            continue
        text, value = source.text(site), seen[site.number].values[0]
        known = site.function == function or _reads(site.node) <= shared
        if known and len(text) <= LONGEST and _of_numbers(source, site, seen):
            compound = isinstance(site.node, ast.BinOp)
            factor = f"({text})" if compound else text
            found.setdefault(factor, Term(factor, value, SUM if compound else CALL))
    return list(found.values())


def _is_setting(site: Site, seen: Seen, elsewhere: Seen) -> bool:
    """Whether an expression was one number, whatever the turn and the parameters: no part of the network moves it."""
    values = [value for run in (seen, elsewhere) if site.number in run for value in run[site.number].values]
    return site.number in seen and bool(values) and all(_is_number(v) and v == values[0] for v in values)


def _reads(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _of_numbers(source: SourceMap, site: Site, seen: Seen) -> bool:
    """Whether an expression is made of single numbers by arithmetic and pure functions."""
    called = [part for part in ast.walk(site.node) if isinstance(part, ast.Call)]
    if not all(_name(call.func) in PURE and not call.keywords for call in called):
        return False
    functions = {id(part) for call in called for part in ast.walk(call.func)}
    read = [part for part in _outermost(site.node) if id(part) not in functions]
    return bool(read) and all(_is_seen_number(source, part, seen) for part in read)


def _outermost(node: ast.AST) -> Iterator[ast.expr]:
    """What an expression reads: names, attributes and items, each as a whole."""
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _outermost(child)


def _is_seen_number(source: SourceMap, node: ast.expr, seen: Seen) -> bool:
    sighting = seen.get(source.site_of(node).number)
    return sighting is not None and bool(sighting.values) and _is_number(sighting.values[0])


def _is_number(value: object) -> bool:
    return is_numeric(value) and np.ndim(value) == 0  # type: ignore[arg-type] # a number, once it is numeric


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
