"""What a function computes and never reads, where it may have been meant to be read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context

NUMBER = 0.3
# Added where an array comes for a number: it is written to many places, each with its own.


def use_unread(context: Context) -> Iterator[Candidate]:
    """A name that nothing reads, in place of another of its shape or of a number."""
    for site in context.expressions(ast.Constant, ast.Name):
        shape = context.shape(site)
        unread = context.uses.unread_in(site.function)
        if shape is None or not unread or isinstance(getattr(site.node, "ctx", None), ast.Store):
            continue
        for term in context.terms(site.statement):
            if term.text in unread and (not shape or term.shape == shape):
                yield context.edit(site, term.text, "use-unread", 0.8 + NUMBER * (term.shape != shape))
