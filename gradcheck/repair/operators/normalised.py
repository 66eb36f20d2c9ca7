"""The gradient through a normalisation: mean and deviation are computed from what they normalise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.relations.arrays import broadcasts_to
from gradcheck.repair.relations.normalised import Normalised, normalisations
from gradcheck.repair.terms import Term
from gradcheck.trace import Site
from gradcheck.trace.influence import value_sites

MOST = 60


def normalised_products(context: Context) -> Iterator[Candidate]:
    """(g - mean(g) - x_hat mean(g x_hat)) / std for whatever stands there, with x_hat, std and g in scope.

    g is what comes from above: an array in scope, or the product of one with a scale (Ioffe and Szegedy 2015).
    """
    forward = [value for seen in context.loss_recorder.seen.values() for value in seen.values]
    known = normalisations(value for value in forward if isinstance(value, np.ndarray))
    for statement in context.statements() if known else ():
        for site in value_sites(context.source, statement):
            shape = context.shape(site)
            units = [unit for unit in known if unit.x_hat.shape == shape]
            texts = (text for unit in units for text in _texts(context, statement, unit))
            for at, (text, cost) in enumerate(texts):
                if at < MOST:
                    yield context.edit(site, text, "normalised-product", 1.5 + cost)


def _texts(context: Context, statement: Site, unit: Normalised) -> Iterator[tuple[str, float]]:
    """Ways of writing the product with names in scope, the cheapest first."""
    terms = context.terms(statement.number)
    hats = [term for term in terms if term.shape == unit.x_hat.shape and unit.is_x_hat(term.value)][:1]
    divided = [(f" / {term.text}", term) for term in terms if unit.is_deviation(term.value)][:1]
    divided += [(f" * {term.text}", term) for term in terms if unit.is_inverse(term.value)][:1]
    found = [
        (_product(above, hat.text, by, unit.mean), cost + hat.cost + term.cost)
        for hat in hats
        for by, term in divided
        for above, cost in _above(terms, hat, unit.x_hat.shape)
    ]
    yield from sorted(found, key=lambda pair: pair[1])


def _above(terms: list[Term], hat: Term, shape: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    """What may come from above: an array in scope, or one times a scale."""
    arrays = [term for term in terms if term.shape == shape and term.text != hat.text and _is_float(term)]
    for term in arrays:
        yield term.text, term.cost
    scales = [term for term in terms if _is_float(term) and 1 < np.size(term.value) < np.prod(shape)]
    for term in arrays:
        for scale in scales:
            if broadcasts_to(scale.shape, shape):
                yield f"({term.text} * {scale.text})", term.cost + scale.cost + 0.2


def _product(g: str, x_hat: str, divided: str, mean: str) -> str:
    return f"({g} - np.mean({g}, {mean}) - {x_hat} * np.mean({g} * {x_hat}, {mean})){divided}"


def _is_float(term: Term) -> bool:
    value: Any = term.value
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"
