"""Signs, operators, dropped factors and terms."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradcheck.experiments.places import in_loop
from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.repair.context import Context
from gradcheck.trace import Site

SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.MatMult: "@",
    ast.Pow: "**",
}
SWAPS: dict[type[ast.operator], tuple[tuple[str, float], ...]] = {
    ast.Add: (("-", 1.0), ("*", 1.8)),
    ast.Sub: (("+", 1.0), ("*", 2.0)),
    ast.Mult: (("/", 1.2), ("@", 1.3), ("+", 1.8)),
    ast.Div: (("*", 1.0),),
    ast.MatMult: (("*", 1.3),),
}


def change_signs(context: Context) -> Iterator[Candidate]:
    """-x for x, x for -x, b - a for a - b."""
    for site in context.expressions(ast.UnaryOp):
        node = site.node
        assert isinstance(node, ast.UnaryOp)
        if isinstance(node.op, ast.USub):
            yield context.edit(site, context.text(node.operand), "flip-sign", 1.0)
    for site in context.expressions(ast.BinOp):
        node = site.node
        assert isinstance(node, ast.BinOp)
        if isinstance(node.op, ast.Sub):
            text = f"{context.text(node.right)} - {context.factor(node.left)}"
            yield context.edit(site, text, "flip-sign", 1.0)
    for statement in context.statements():
        node = statement.node
        value = getattr(node, "value", None)
        if (
            isinstance(node, ast.Assign | ast.Return)
            and isinstance(value, ast.expr)
            and not isinstance(value, ast.Tuple)
        ):
            negated = f"-{context.factor(value)}"
            yield context.edit(context.source.site_of(value), negated, "flip-sign", 1.3)


def swap_operators(context: Context) -> Iterator[Candidate]:
    """Another arithmetic operator in place of one; += for -= and for =."""
    for site in context.expressions(ast.BinOp):
        node = site.node
        assert isinstance(node, ast.BinOp)
        place = operator_span(context, node)
        for symbol, cost in SWAPS.get(type(node.op), ()):
            if place is not None:
                yield context.splice([Splice(*place, symbol)], site, "swap-operator", cost)
    for statement in context.statements():
        yield from _assignments(context, statement)


def _assignments(context: Context, statement: Site) -> Iterator[Candidate]:
    node = statement.node
    if isinstance(node, ast.AugAssign):
        gap = _gap(context, node.target, node.value)
        symbol = SYMBOLS.get(type(node.op), "")
        at = gap[0] + context.source.source[gap[0] : gap[1]].find(f"{symbol}=")
        other = {"+": ("-=", "="), "-": ("+=",), "*": ("/=",), "/": ("*=",)}.get(symbol, ())
        for text in other:
            yield context.splice([Splice(at, at + len(symbol) + 1, text)], statement, "swap-assignment", 1.2)
    elif isinstance(node, ast.Assign) and _gathers(context, statement, node.targets[-1]):
        gap = _gap(context, node.targets[-1], node.value)
        at = gap[0] + context.source.source[gap[0] : gap[1]].find("=")
        if len(node.targets) == 1 and not is_zero(node.value):
            yield context.splice([Splice(at, at + 1, "+=")], statement, "accumulate", 0.9)


def _gathers(context: Context, statement: Site, target: ast.expr) -> bool:
    """Whether what is assigned may be meant to gather: an item, an attribute, or a name that starts before a loop."""
    loop = in_loop(context.source, statement)
    return isinstance(target, ast.Attribute | ast.Subscript) or (
        loop is not None
        and isinstance(target, ast.Name)
        and any(
            site.function == statement.function
            and site.start < loop.start
            and isinstance(site.node, ast.Name)
            and isinstance(site.node.ctx, ast.Store)
            and site.node.id == target.id
            for site in context.source.sites
        )
    )


def is_zero(node: ast.expr) -> bool:
    """Whether an expression is the number 0, as typed."""
    return isinstance(node, ast.Constant) and node.value == 0 and not isinstance(node.value, bool)


def drop_operands(context: Context) -> Iterator[Candidate]:
    """One side of a product, a quotient, a sum or a power left out."""
    for site in context.expressions(ast.BinOp):
        node = site.node
        assert isinstance(node, ast.BinOp)
        product = isinstance(node.op, ast.Mult | ast.Div | ast.MatMult | ast.Pow)
        keep = [node.left] if isinstance(node.op, ast.Div | ast.Sub | ast.Pow) else [node.left, node.right]
        for kept in keep:
            text = context.operand(kept) if context.needs_parentheses(site) else context.text(kept)
            yield context.edit(site, text, "drop-factor" if product else "drop-term", 1.1 if product else 1.5)
        if isinstance(node.op, ast.Sub):
            yield context.edit(site, f"-{context.factor(node.right)}", "drop-term", 1.9)


def drop_tails(context: Context) -> Iterator[Candidate]:
    """The last two or three factors of a product left out together: act'(z) is often written as two, h * (1 - h)."""
    for site in context.expressions(ast.BinOp):
        kept = site.node
        for dropped in range(1, 4):
            if not isinstance(kept, ast.BinOp) or not isinstance(kept.op, ast.Mult):
                break
            kept = kept.left
            if dropped > 1:
                text = context.operand(kept) if context.needs_parentheses(site) else context.text(kept)
                yield context.edit(site, text, "drop-factor", 1.1 + 0.1 * dropped)


def operator_span(context: Context, node: ast.BinOp) -> tuple[int, int] | None:
    """Character offsets of the operator itself, between its operands."""
    start, end = _gap(context, node.left, node.right)
    symbol = SYMBOLS.get(type(node.op))
    if symbol is None:
        return None
    found = re.search(re.escape(symbol), context.source.source[start:end])
    return (start + found.start(), start + found.end()) if found else None


def _gap(context: Context, left: ast.AST, right: ast.AST) -> tuple[int, int]:
    return context.source.span(left)[1], context.source.span(right)[0]
