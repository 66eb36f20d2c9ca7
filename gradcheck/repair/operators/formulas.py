"""Whole formulas that people get wrong more than one way: the softmax's vector-Jacobian product."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.trace.influence import value_sites


def softmax_products(context: Context) -> Iterator[Candidate]:
    """P * (d - sum(d * p)) for whatever stands there, with probabilities p and upstream gradient d in scope.

    The Jacobian of the softmax is diag(p) - p p^T, so its product with d is p * d - p (p . d) (Bridle 1990).
    """
    for statement in context.statements():
        for site in value_sites(context.source, statement):
            shape = context.shape(site)
            if not shape:
                continue
            terms = [t for t in context.terms(statement.number) if t.shape == shape and np.size(t.value) > 1]
            for p in (t for t in terms if _sums_to_one(t.value)):
                for d in terms:
                    if d is not p:
                        axis = "" if len(shape) == 1 else ", axis=-1, keepdims=True"
                        text = f"{p.text} * ({d.text} - np.sum({d.text} * {p.text}{axis}))"
                        yield context.edit(site, text, "softmax-product", 1.5 + p.cost + d.cost)


def _sums_to_one(value: object) -> bool:
    array = np.asarray(value, dtype=float)
    return bool(np.all(array > 0.0) and np.allclose(array.sum(axis=-1), 1.0))
