"""The derivative of an activation: inserted where it is missing, taken of another quantity, in another form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.slopes import bare, derivatives, is_own, times
from gradcheck.trace import Site

BARE = 0.15
# Taken off the cost where a statement only renames what it reads: nobody writes that unless something is missing.


def insert_derivatives(context: Context) -> Iterator[Candidate]:
    """X * act'(h) for x, where h has the shape of x."""
    for site in context.expressions(ast.Name, ast.Call, ast.BinOp, ast.Attribute, ast.Subscript):
        shape = context.shape(site)
        if shape is None or not _is_float(context.value(site)) or context.is_object(site):
            continue
        for text, cost in derivatives(context, site.statement, shape):
            product = times(context.factor(site.node), text)
            wrapped = f"({product})" if context.needs_parentheses(site) else product
            renamed = BARE * context.renames(site)
            yield context.edit(site, wrapped, "insert-derivative", cost + 0.1 * site.depth - renamed)


def change_derivatives(context: Context) -> Iterator[Candidate]:
    """Another form of derivative in place of one: 1 - h**2 for h * (1 - h), and of another quantity."""
    for site in context.expressions(ast.BinOp, ast.Compare, ast.Call):
        shape = context.shape(site)
        if shape is None or isinstance(context.value(site), int):
            continue
        for text, cost in derivatives(context, site.statement, shape):
            wrap = context.needs_parentheses(site) and not _is_factor(context, site)
            yield context.edit(site, text if wrap else bare(text), "change-derivative", cost + 0.2)
        yield from _of_upstream(context, site, shape)
    for site in context.expressions(ast.Name, ast.Attribute, ast.Subscript):
        shape = context.shape(site)
        if shape is not None and _is_factor(context, site) and _is_float(context.value(site)):
            yield from _of_itself(context, site, shape)


def _of_itself(context: Context, site: Site, shape: tuple[int, ...]) -> Iterator[Candidate]:
    """The derivative for an activation that stands as a factor: h * (1 - h) for h."""
    own = context.source.text(site)
    for text, cost in derivatives(context, site.statement, shape):
        if re.search(rf"(?<![\w.]){re.escape(own)}(?![\w.\[])", text):
            yield context.edit(site, bare(text), "change-derivative", cost + 0.2)


def _of_upstream(context: Context, site: Site, shape: tuple[int, ...]) -> Iterator[Candidate]:
    """D * f(z) for f(d): the derivative was taken of the incoming gradient."""
    node = site.node
    if not isinstance(node, ast.Call) or len(node.args) != 1 or not is_own(context, node.func):
        return
    upstream, function = context.factor(node.args[0]), context.text(node.func)
    for term in context.terms(site.statement):
        if term.shape == shape and term.text != upstream:
            text = f"{upstream} * {function}({term.text})"
            wrapped = f"({text})" if context.needs_parentheses(site) else text
            yield context.edit(site, wrapped, "change-derivative", 1.3 + term.cost)


def _is_factor(context: Context, site: Site) -> bool:
    parent = context.source.sites[site.parent].node
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult)


def _is_float(value: Any) -> bool:
    return (
        value.dtype.kind == "f" if isinstance(value, np.ndarray) else isinstance(value, float | np.floating)
    )
