"""Another variable, another index, the transpose, the operands the other way round."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.repair.context import Context
from gradcheck.trace import Site

PRODUCTS = frozenset({"dot", "matmul", "outer", "tensordot", "multiply"})


def replace_names(context: Context) -> Iterator[Candidate]:
    """Another term in scope where a name, an attribute or an item is read."""
    for site in context.expressions(ast.Name, ast.Attribute, ast.Subscript):
        if not isinstance(getattr(site.node, "ctx", None), ast.Load) or _is_callee(context, site):
            continue
        shape, text = context.shape(site), context.source.text(site)
        if shape is None:
            continue
        for term in context.terms(site.statement):
            if term.text != text and _could_stand(term.shape, shape):
                odd = 0.6 * (term.shape != shape) + 0.8 * context.is_object(site)
                yield context.edit(site, term.text, "replace-name", 1.3 + term.cost + odd)


def transpose(context: Context) -> Iterator[Candidate]:
    """x.T for x and x for x.T."""
    for site in context.expressions(ast.Attribute):
        node = site.node
        if isinstance(node, ast.Attribute) and node.attr == "T":
            yield context.edit(site, context.text(node.value), "transpose", 1.0)
    for site in context.expressions(ast.Name, ast.Attribute, ast.Subscript, ast.Call):
        shape = context.shape(site)
        parent = context.source.sites[site.parent].node
        transposed = isinstance(parent, ast.Attribute) and parent.attr in {"T", "shape", "size", "ndim"}
        reduced = isinstance(parent, ast.Attribute) and parent.attr in {"sum", "mean", "max"}
        called = isinstance(site.node, ast.Call)
        written = isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store)
        kept = transposed or written or _is_callee(context, site)
        if shape is not None and len(shape) == 2 and not kept:
            yield context.edit(
                site, f"{context.source.text(site)}.T", "transpose", 1.0 + 0.3 * (called or reduced)
            )


def swap_operands(context: Context) -> Iterator[Candidate]:
    """B @ a for a @ b, in every spelling, with and without transposing both."""
    for site in context.expressions(ast.BinOp, ast.Call):
        pair = product_operands(site.node)
        if pair is None:
            continue
        left, right = pair
        places = context.source.span(left), context.source.span(right)
        for transposed, cost in ((False, 1.1), (True, 1.0)):
            texts = (
                [_transposed(context, right), _transposed(context, left)]
                if transposed
                else [
                    context.operand(right),
                    context.operand(left),
                ]
            )
            splices = [Splice(*place, text) for place, text in zip(places, texts, strict=True)]
            yield context.splice(splices, site, "swap-operands", cost)


def product_operands(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """The two operands of a matrix product: a @ b, a.dot(b), np.dot(a, b), np.outer(a, b)."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return node.left, node.right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in PRODUCTS:
        if len(node.args) == 1:
            return node.func.value, node.args[0]
        if len(node.args) >= 2:
            return node.args[0], node.args[1]
    return None


def _transposed(context: Context, node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return context.text(node.value)
    return f"{context.operand(node)}.T"


def _is_callee(context: Context, site: Site) -> bool:
    parent = context.source.sites[site.parent].node
    return isinstance(parent, ast.Call) and parent.func is site.node


def _could_stand(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether an array of one shape may stand for one of the other; shapes of other sizes rarely do."""
    return one == other or len(one) == len(other)
