"""Bounds that leave out the border of what a window runs over, or are off by the padding: of loops and of slices."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.repair.context import Context
from gradcheck.trace import Site

WIDER = 1.0
PLACES, ROWS = "shift-window", "shift-rows"
# Bounds of positions, and of samples: which are the first axis of what has more than one.


def widen_loops(context: Context) -> Iterator[Candidate]:
    """range(n) for range(1, n - 1), in one loop and in all that are nested with it."""
    widened = []
    for site in context.source.sites:
        node = site.node
        if site.statement not in context.suspects or not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "range" and len(node.args) == 2:
            text = f"range({_outer(context, node.args[1])})"
            if text != context.text(node):
                widened.append((site, text))
    functions = dict.fromkeys(site.function for site, _ in widened)
    together = [[pair for pair in widened if pair[0].function == function] for function in functions]
    for group in [*([pair] for pair in widened), *(some for some in together if len(some) > 1)]:
        yield _widened_loops(context, group)


def _widened_loops(context: Context, group: list[tuple[Site, str]]) -> Candidate:
    """Some loops with other ranges, as suspect as what they repeat."""
    splices = tuple(Splice(site.start, site.end, text) for site, text in group)
    statements = tuple(dict.fromkeys(site.statement for site, _ in group))
    loops = [context.source.sites[number] for number in statements]
    repeated = [
        site.number
        for site in context.source.sites
        if site.is_statement and any(loop.start < site.start and site.end <= loop.end for loop in loops)
    ]
    cost = WIDER + context.suspicion(repeated or statements)
    return Candidate(splices, PLACES, cost, group[0][0].function, statements)


def widen_slices(context: Context) -> Iterator[Candidate]:
    """X for x[1:-1], in a whole product at once, or in a statement: both sides run over the same positions."""
    for statement in context.statements():
        sliced = _subscripts(context, statement)
        products = [
            site
            for site in context.source.sites
            if site.statement == statement.number and isinstance(site.node, ast.BinOp | ast.Call)
        ]
        for whole in [statement, *products] if sliced else ():
            inside = [site for site in sliced if whole.start <= site.start and site.end <= whole.end]
            splices = [splice for site in inside for splice in _widened(context, site.node)]
            if splices:
                operator = ROWS if all(_of_rows(context, site) for site in inside) else PLACES
                yield context.splice(splices, statement, operator, 1.1)


def shift_slices(context: Context) -> Iterator[Candidate]:
    """x[1:-1] for x[:-2], x[i : i + 3] for x[i + 1 : i + 4]: one axis, and all of them by as much."""
    for statement in context.statements():
        for site in _subscripts(context, statement):
            node = site.node
            assert isinstance(node, ast.Subscript)
            operator = ROWS if _of_rows(context, site) else PLACES
            for by in (1, -1, 2, -2):
                parts = [_shifted(context, part, by) for part in _slices(node)]
                found = [splices for splices in parts if splices]
                for splices in found:
                    yield context.splice(splices, site, operator, 1.1)
                if len(found) > 1:
                    whole = [splice for splices in found for splice in splices]
                    yield context.splice(whole, site, operator, 1.1)


def _subscripts(context: Context, statement: Site) -> list[Site]:
    """The subscripts of a statement that have slices, those written to among them."""
    return [
        site
        for site in context.source.sites
        if site.statement == statement.number and isinstance(site.node, ast.Subscript) and _slices(site.node)
    ]


def _slices(node: ast.AST) -> list[ast.Slice]:
    if not isinstance(node, ast.Subscript):
        return []
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return [
        part
        for part in parts
        if isinstance(part, ast.Slice) and part.step is None and (part.lower or part.upper)
    ]


def _of_rows(context: Context, site: Site) -> bool:
    """Whether the first axis alone is sliced, of an array that has others."""
    node = site.node
    assert isinstance(node, ast.Subscript)
    value = context.value(context.source.site_of(node.value))
    return not isinstance(node.slice, ast.Tuple) and np.ndim(value) > 1


def _widened(context: Context, node: ast.AST) -> Iterator[Splice]:
    """Every bound of a subscript one further out, or gone."""
    for part in _slices(node):
        lower, upper = part.lower, part.upper
        same = (
            lower is not None
            and isinstance(upper, ast.UnaryOp)
            and context.text(upper.operand) == context.text(lower)
        )
        for bound, first in ((lower, True), (upper, False)):
            if bound is None:
                continue
            constant = isinstance(bound, ast.Constant) if first else isinstance(bound, ast.UnaryOp)
            out = "" if same or constant else _further(context, bound, first=first)
            if out is not None:
                yield Splice(*context.source.span(bound), out)


def _further(context: Context, bound: ast.expr, *, first: bool) -> str | None:
    """I for i + 1 as a lower bound, n for n - 1 as an upper one; None for any other."""
    operator = ast.Add if first else ast.Sub
    if isinstance(bound, ast.BinOp) and isinstance(bound.op, operator) and _is_one(bound.right):
        return context.text(bound.left)
    return None


def _outer(context: Context, bound: ast.expr) -> str:
    """The end of a range without what is taken off it."""
    if (
        isinstance(bound, ast.BinOp)
        and isinstance(bound.op, ast.Sub)
        and isinstance(bound.right, ast.Constant)
    ):
        return context.text(bound.left)
    return context.text(bound)


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def _shifted(context: Context, part: ast.Slice, by: int) -> list[Splice]:
    """Both bounds of a slice further on; nothing where one cannot be."""
    colon = _colon(context, part)
    lower = "" if part.lower is None else _moved(context, part.lower, by)
    upper = "" if part.upper is None else _moved(context, part.upper, by)
    if part.lower is None:
        lower = str(by) if by > 0 else None
    if part.upper is None:
        upper = str(by) if by < 0 else None
    if lower is None or upper is None:
        return []
    start = colon if part.lower is None else context.source.span(part.lower)[0]
    end = colon + 1 if part.upper is None else context.source.span(part.upper)[1]
    tight = part.lower is None or part.upper is None or isinstance(part.lower, ast.Constant)
    return [Splice(start, end, f"{lower}:{upper}" if tight else f"{lower} : {upper}")]


def _colon(context: Context, part: ast.Slice) -> int:
    """The offset of a slice's colon."""
    start, end = context.source.span(part)
    after = start if part.lower is None else context.source.span(part.lower)[1]
    return context.source.source.index(":", after, max(end, after + 3))


def _moved(context: Context, bound: ast.expr, by: int) -> str | None:
    """A bound further on by a few: of a number, counted from the end or not, or of a name and a number."""
    if isinstance(bound, ast.Constant) and isinstance(bound.value, int):
        at = bound.value + by
        return None if at < 0 else str(at) if at else ""
    if isinstance(bound, ast.UnaryOp) and isinstance(bound.operand, ast.Constant):
        number = bound.operand.value
        at = by - number if isinstance(number, int) else 0
        return None if at > 0 or not isinstance(number, int) else str(at) if at else ""
    if (
        isinstance(bound, ast.BinOp)
        and isinstance(bound.op, ast.Add)
        and isinstance(bound.right, ast.Constant)
    ):
        rest = bound.right.value + by if isinstance(bound.right.value, int) else by
        left = context.text(bound.left)
        return left if rest == 0 else f"{left} + {rest}" if rest > 0 else f"{left} - {-rest}"
    if isinstance(bound, ast.Name):
        return f"{bound.id} + {by}" if by > 0 else f"{bound.id} - {-by}"
    return None
