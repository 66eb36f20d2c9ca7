"""A factor that was lost: what comes from above, a mask, a gate."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.operators.names import product_operands
from gradcheck.trace import Site
from gradcheck.trace.influence import value_sites

MOST = 12
RENAMED = 0.5
# Less where a statement only renames: it is a step of which a factor is left out, or it would not be there.


def insert_factors(context: Context) -> Iterator[Candidate]:
    """T * x for what a statement passes on or a product multiplies, with an array t of its shape in scope."""
    for statement in context.statements():
        for site in (*value_sites(context.source, statement), *_operands(context, statement)):
            shape = context.shape(site)
            if not shape or np.asarray(context.value(site)).dtype.kind != "f":
                continue
            fitting = [
                t for t in context.terms(statement.number) if t.shape == shape and t.text.isidentifier()
            ]
            for term in sorted(fitting, key=lambda term: term.cost)[:MOST]:
                text = f"{term.text} * {context.factor(site.node)}"
                wrapped = f"({text})" if context.needs_parentheses(site) else text
                cost = 1.6 - RENAMED * context.renames(site)
                yield context.edit(site, wrapped, "insert-factor", cost + term.cost)


def _operands(context: Context, statement: Site) -> list[Site]:
    """The names, attributes and items that matrix products of a statement multiply."""
    pairs = [pair for node in ast.walk(statement.node) if (pair := product_operands(node)) is not None]
    read = [
        node for pair in pairs for node in pair if isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
    ]
    return [context.source.site_of(node) for node in read]
