"""Indices, bounds and small integers off by one; exponents and counts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.trace import Site


def shift_integers(context: Context) -> Iterator[Candidate]:
    """N + 1 and n - 1 for a small integer, and 2 for 1 as a factor."""
    for site in context.expressions(ast.Constant):
        value = site.node.value if isinstance(site.node, ast.Constant) else None
        if type(value) is int and 0 <= value <= 8:
            for other in (value + 1, value - 1):
                if other >= 0:
                    yield context.edit(
                        site, str(other), "shift-integer", 0.8 if _is_axis(context, site) else 1.2
                    )


def _is_axis(context: Context, site: Site) -> bool:
    """Whether an integer picks an axis: the 0 of x.shape[0]."""
    parent = context.source.sites[site.parent].node
    return (
        isinstance(parent, ast.Subscript)
        and isinstance(parent.value, ast.Attribute)
        and parent.value.attr == "shape"
    )


def shift_indices(context: Context) -> Iterator[Candidate]:
    """x[k + 1] and x[k - 1] for x[k], and for x[-k] alike."""
    for site in context.expressions(ast.Subscript):
        index = site.node.slice if isinstance(site.node, ast.Subscript) else None
        whole = index.left if isinstance(index, ast.BinOp) else index
        name = whole.operand if isinstance(whole, ast.UnaryOp) else whole
        if index is None or not isinstance(name, ast.Name) or whole is None:
            continue
        text, place = context.text(whole), context.source.site_of(index)
        shifted = (text,) if isinstance(index, ast.BinOp) else (f"{text} + 1", f"{text} - 1")
        for other in shifted:
            yield context.edit(place, other, "shift-index", 1.1)


def flip_comparisons(context: Context) -> Iterator[Candidate]:
    """> for < and the reverse."""
    symbols = {ast.Lt: (">",), ast.Gt: ("<",), ast.LtE: (">",), ast.GtE: ("<",)}
    for site in context.expressions(ast.Compare):
        node = site.node
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = context.operand(node.left), context.operand(node.comparators[0])
            for symbol in symbols.get(type(node.ops[0]), ()):
                yield context.edit(site, f"{left} {symbol} {right}", "flip-comparison", 1.2)
