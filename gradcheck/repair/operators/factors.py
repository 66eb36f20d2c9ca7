"""A factor that was lost: what comes from above, a mask, a gate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.trace.influence import value_sites

MOST = 12


def insert_factors(context: Context) -> Iterator[Candidate]:
    """T * x for what a statement passes on, with an array t of its shape in scope."""
    for statement in context.statements():
        for site in value_sites(context.source, statement):
            shape = context.shape(site)
            if not shape or np.asarray(context.value(site)).dtype.kind != "f":
                continue
            fitting = [
                t for t in context.terms(statement.number) if t.shape == shape and t.text.isidentifier()
            ]
            for term in sorted(fitting, key=lambda term: term.cost)[:MOST]:
                text = f"{term.text} * {context.factor(site.node)}"
                wrapped = f"({text})" if context.needs_parentheses(site) else text
                yield context.edit(site, wrapped, "insert-factor", 1.6 + term.cost)
