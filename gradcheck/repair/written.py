"""Numbers that the author computes elsewhere already: np.sqrt(d), rows - 1. What is written once is written again."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping

import numpy as np

from gradcheck.repair.terms import Term, is_numeric
from gradcheck.subject.points import shifted
from gradcheck.subject.program import Live
from gradcheck.trace import Site, SourceMap, Tracer
from gradcheck.trace.recorder import Sighting

LONGEST = 40
CALL, SUM = -0.2, 0.2
# A plain name costs 0: a call that stands there already is likelier than a number made up of others, a product less so.
PURE = frozenset({"sqrt", "log", "exp", "float", "max", "min", "abs"})
# Functions that may be called again for the same answer.


Seen = Mapping[int, Sighting]


class Written:
    """The expressions of a file that are settings: one number at every turn, and wherever the parameters are.

    Args:
        tracer: the instrumented program.
        seen: the values that expressions took in the runs of the loss and of the gradient.
    """

    def __init__(self, tracer: Tracer, seen: Seen) -> None:
        self._source = tracer.source
        self._shared = {*tracer.program.module.__dict__, *dir(builtins), "self"}
        elsewhere = _seen_elsewhere(tracer)
        self._settings = [
            (site, seen[site.number].values[0])
            for site in tracer.source.sites
            if isinstance(site.node, ast.BinOp | ast.Call)
            and _is_setting(site, seen, elsewhere)
            and _of_numbers(tracer.source, site, seen)
        ]

    def numbers(self, function: str) -> list[Term]:
        """Those that may be written in a function: its own, and others that read what means the same everywhere."""
        found: dict[str, Term] = {}
        for site, value in self._settings:
            text, compound = self._source.text(site), isinstance(site.node, ast.BinOp)
            if len(text) <= LONGEST and (site.function == function or _reads(site.node) <= self._shared):
                factor = f"({text})" if compound else text
                found.setdefault(factor, Term(factor, value, SUM if compound else CALL))
        return list(found.values())


def _seen_elsewhere(tracer: Tracer) -> Seen:
    """What expressions are in the runs of the loss and of the gradient at other parameters."""
    values = shifted(tracer.truth.values, seed=0)

    def run(live: Live) -> None:
        live.set(values)
        live.loss()
        live.gradient()

    return tracer.recording(run).seen


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
