"""Fitted edits: solve for the factor, or the multiple of a term, that makes a gradient right; then spell it.

A gradient is linear in every quantity of its backward pass. So one more run, with one expression doubled, tells how
the gradient responds to it, and by what factor it would have to be scaled for the gradient to be true.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.grade import TOLERANCE
from gradcheck.repair.operators.arithmetic import is_zero
from gradcheck.repair.spelling import Spelling
from gradcheck.repair.terms import Term
from gradcheck.repair.updates import in_python
from gradcheck.subject.program import Values
from gradcheck.subject.truth import fit_shape
from gradcheck.trace import Site
from gradcheck.trace.influence import scaled, value_sites

MOST_TERMS = 12
PLACEHOLDER = 0.5
# Less where 0 is added: the place for a term is there, and the term is missing.
TWICE = 0.5
# Added where the term stands there already: one would write 2 in front of it.


def fit_factors(context: Context) -> Iterator[Candidate]:
    """K * x for x, with the k that makes a wrong gradient right, spelled in names that are in scope."""
    base = context.tracer.gradient
    for site in context.expressions():
        if not _is_float(context.value(site)) or context.is_object(site):
            continue
        after = context.tracer.gradient_with({site.number: partial(scaled, factor=2.0)})
        k = None if after is None else _solve(context, base, after)
        if k is None or abs(k) < TOLERANCE or abs(k - 1.0) < TOLERANCE:
            continue
        for spelling in context.speller(site.statement).of(k):
            for text, extra in _scaled_texts(context, site, spelling):
                odd = any(_stands_in(name, context.text(site.node)) for name in spelling.over)
                yield context.edit(site, text, "fit-factor", 0.6 + spelling.cost + extra + odd)
        if np.size(context.value(site)) == 1 and not isinstance(site.node, ast.Name):
            yield from _replaced(context, site, k * float(np.asarray(context.value(site)).item()))


def _stands_in(part: str, text: str) -> bool:
    """Whether an expression stands in another as a whole: m does not in lam."""
    return re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) is not None


def _replaced(context: Context, site: Site, target: float) -> Iterator[Candidate]:
    """A number computed the wrong way, replaced by one that is right."""
    for spelling in context.speller(site.statement).of(target):
        text = spelling.alone()
        wrapped = f"({text})" if _must_wrap(context, site) else text
        yield context.edit(site, wrapped, "fit-number", 1.0 + spelling.cost)


def fit_terms(context: Context) -> Iterator[Candidate]:
    """X + k * t for x, with a term t in scope and the k that makes a wrong gradient right."""
    base = context.tracer.gradient
    for statement in context.statements():
        for site, shape, nothing in _summands(context, statement):
            for term in _terms_of_shape(context, statement.number, shape) if shape else []:
                after = context.tracer.gradient_with({site.number: partial(_plus, term=term.value)})
                k = None if after is None else _solve(context, base, after)
                if k is None or abs(k - 1.0) < TOLERANCE:
                    continue
                for spelling in context.speller(statement.number).of(k - 1.0):
                    summed = f"{context.text(site.node)} {spelling.signed(term.text)}"
                    text = spelling.of(term.text) if nothing else summed
                    twice = _stands_in(spelling.of(term.text), context.text(site.node))
                    cost = 0.9 + spelling.cost + term.cost - PLACEHOLDER * nothing + TWICE * twice
                    yield context.edit(site, text, "fit-term", cost)


def _summands(context: Context, statement: Site) -> Iterator[tuple[Site, tuple[int, ...], bool]]:
    """Where a term may be missing in a statement: a place, the term's shape, and whether a 0 stands there for it."""
    for site in value_sites(context.source, statement):
        shape, nothing = _shape_of_sum(context, statement, site)
        yield site, shape, nothing
    for node in ast.walk(statement.node):
        if isinstance(node, ast.Call):  # np.where(z > 0, d, 0)
            for zero in filter(is_zero, node.args):
                yield context.source.site_of(zero), context.shape(context.source.site_of(node)) or (), True


def _shape_of_sum(context: Context, statement: Site, site: Site) -> tuple[tuple[int, ...], bool]:
    """The shape of what a term may be added to, () where none may; and whether that is a 0 which is added already."""
    node, value = statement.node, context.value(site)
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and is_zero(node.value):
        held = [
            term
            for term in context.terms(statement.number)
            if in_python(term.text) == ast.unparse(node.target)
        ]
        return (held[0].shape if held else ()), True
    return (np.shape(value) if _is_float(value) and np.size(value) > 1 else ()), False


def _solve(context: Context, base: Values, after: Values) -> float | None:
    """The k for which base + (k - 1)(after - base) is the truth for a wrong parameter, and no right one is spoiled.

    Where parameters ask for several, that of the most: what comes of a further fault may look like a multiple as well.
    """
    truth, found = context.tracer.truth, []
    for name, value in truth.values.items():
        one, two = fit_shape(base[name], value.shape), fit_shape(after[name], value.shape)
        if one is None or two is None:
            return None
        response = (two - one).ravel()
        if not np.any(response):
            continue
        if name not in context.wrong:
            return None
        k = _least_squares(response, one.ravel(), np.ravel(truth.numerical.values[name]))
        if k is not None:
            found.append(k)
    alike = [sum(abs(k - other) <= 1e-5 * max(1.0, abs(k)) for other in found) for k in found]
    most = [k for k, count in zip(found, alike, strict=True) if count == max(alike)]
    return most[0] if most and len(most) == max(alike) else None


def _least_squares(
    response: NDArray[np.float64], one: NDArray[np.float64], truth: NDArray[np.float64]
) -> float | None:
    known = np.isfinite(truth) & np.isfinite(response)
    response, one, truth = response[known], one[known], truth[known]
    power = float(response @ response)
    if power == 0.0:
        return None
    step = float(response @ (truth - one)) / power
    left = np.max(np.abs(one + step * response - truth))
    return 1.0 + step if left <= 1e-6 * np.max(np.abs(truth), initial=0.0) + 1e-12 else None


def _scaled_texts(context: Context, site: Site, spelling: Spelling) -> Iterator[tuple[str, float]]:
    """Ways of writing k * x, with what each adds to the cost."""
    node = site.node
    scalar = 0.0 if np.size(context.value(site)) == 1 else 0.15
    constant = node.left if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Mult) else None
    number = constant.value if isinstance(constant, ast.Constant) else None
    if (
        isinstance(node, ast.BinOp)
        and constant is not None
        and isinstance(number, int | float)
        and not spelling.over
        and not spelling.times
    ):
        whole = spelling.number * number
        start = context.source.site_of(constant)
        rest = context.text(node)[start.end - start.start :]
        needless = whole == 1.0 and isinstance(node.op, ast.Mult)
        yield context.text(node.right) if needless else f"{_plain(whole)}{rest}", -0.2
        return
    product = spelling.of(context.factor(node))
    wrapped = f"({product})" if _must_wrap(context, site) else product
    yield wrapped, scalar + 0.1 * site.depth


def _must_wrap(context: Context, site: Site) -> bool:
    parent = context.source.sites[site.parent].node
    if isinstance(parent, ast.BinOp):
        return not (
            parent.left is site.node and isinstance(parent.op, ast.Mult | ast.Add | ast.Sub | ast.Div)
        ) and not (isinstance(parent.op, ast.Add | ast.Sub))
    return context.needs_parentheses(site)


def _terms_of_shape(context: Context, statement: int, shape: tuple[int, ...]) -> list[Term]:
    fitting = [
        t for t in context.terms(statement) if t.shape == shape and _is_float(t.value) and np.any(t.value)
    ]
    return sorted(fitting, key=lambda term: term.cost)[:MOST_TERMS]


def _plus(value: Any, term: Any) -> Any:
    return value + term if np.shape(value) in {(), np.shape(term)} else value


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _is_float(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind == "f")
    return isinstance(value, float | np.floating)
