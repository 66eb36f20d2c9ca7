"""What expressions should have come to: measured from outside, and worked out from there towards the inside.

What a statement hands straight to one gradient should have been its value plus what that gradient lacks. What it hands
back from layer to layer, or adds to a gradient, should have been the adjoint of something that the loss computes, or
of one use of a parameter. Where such a value is known
of a product or a sum, it is known of each operand too, the others being taken as right.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.repair.context import Context
from gradcheck.subject.truth import fit_shape
from gradcheck.trace import Adjoint, First, Site, adjoints
from gradcheck.trace.influence import value_sites

LINEAR = 1e-6
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Required:
    """A value that an expression should have had when it was first evaluated.

    Attributes:
        site: the expression.
        value: what it should have been, of the shape that what replaces it must have; NaN where that is not known.
        exact: whether it should be just that; otherwise a multiple of it may be meant, which is scaled later on.
    """

    site: Site
    value: Array
    exact: bool


def required(context: Context) -> Iterator[Required]:
    """What the expressions of suspect statements should have been."""
    deltas = _adjoints(context)
    for statement in context.statements():
        if isinstance(statement.node, ast.AugAssign) and not isinstance(statement.node.op, ast.Add | ast.Sub):
            continue  # what it is multiplied with is not known to be right
        for site in value_sites(context.source, statement):
            value = _array(context.value(site))
            if value is None or not value.size:
                continue
            direct = _from_gradient(context, site, value)
            if direct is not None:
                yield from _inward(context, Required(site, direct, exact=True))
            for delta in deltas:
                if delta.value.shape == value.shape and not _is_multiple(value, delta.value):
                    yield from _inward(context, Required(site, delta.value, exact=False))


def _adjoints(context: Context) -> list[Adjoint]:
    """Adjoints of the shapes that suspect statements pass on."""
    shapes = {
        context.shape(site)
        for statement in context.statements()
        for site in value_sites(context.source, statement)
    }
    return adjoints(context.tracer, context.loss_recorder, lambda shape: shape in shapes)


def _from_gradient(context: Context, site: Site, value: Array) -> Array | None:
    """The value that makes the one gradient right that it is handed to as it is; None where it is handed to others."""
    ramp = np.linspace(1.0, 2.0, value.size).reshape(value.shape) * max(1.0, float(np.max(np.abs(value))))
    after = context.tracer.gradient_with({site.number: First(lambda old: old + ramp)})
    base, truth = context.tracer.gradient, context.tracer.truth
    moved = [name for name in base if after is not None and not np.array_equal(base[name], after[name])]
    if after is None or len(moved) != 1 or moved[0] not in context.wrong:
        return None
    name = moved[0]
    measured = np.where(truth.numerical.kinks[name], np.nan, truth.numerical.values[name])
    lacks = fit_shape(measured - base[name], value.shape) if measured.shape == base[name].shape else None
    response = fit_shape(after[name] - base[name], value.shape)
    if lacks is None or response is None:
        return None
    factor = float(np.sum(response * ramp) / np.sum(ramp * ramp))
    if factor == 0.0 or np.max(np.abs(response - factor * ramp)) > LINEAR * np.max(np.abs(response)):
        return None
    wanted: Array = value + lacks / factor
    return wanted


def _inward(context: Context, known: Required) -> Iterator[Required]:
    """An expression, and the operands of what it is made of."""
    yield known
    for node, value in _operands(context, known):
        if value is not None and np.any(np.isfinite(value)):
            yield from _inward(context, Required(context.source.site_of(node), value, known.exact))


def _operands(context: Context, known: Required) -> Iterator[tuple[ast.expr, Array | None]]:
    node, value = known.site.node, known.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand, -value
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value, value.T
    if not isinstance(node, ast.BinOp) or isinstance(node.op, ast.MatMult | ast.Pow):
        return
    left, right = (_array(context.value(context.source.site_of(side))) for side in (node.left, node.right))
    if right is not None:
        yield node.left, _solved(node.op, value, right, first=True)
    if left is not None:
        yield node.right, _solved(node.op, value, left, first=False)


def _solved(op: ast.operator, value: Array, other: Array, *, first: bool) -> Array | None:
    """The operand that makes `operand op other` (or `other op operand`) come to a value; NaN where any would."""
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            if isinstance(op, ast.Mult):
                found = value / np.where(other == 0.0, np.nan, other)
            elif isinstance(op, ast.Div):
                found = value * other if first else other / np.where(value == 0.0, np.nan, value)
            elif isinstance(op, ast.Add):
                found = value - other
            elif isinstance(op, ast.Sub):
                found = value + other if first else other - value
            else:
                return None
    except ValueError:
        return None  # shapes that did not fit in what the code computes now
    return found if found.shape == value.shape else None


def _is_multiple(value: Array, wanted: Array) -> bool:
    """Whether a value is what it should be already, a constant factor left aside."""
    known = np.isfinite(wanted)
    a, b = value[known], wanted[known]
    power = float(b @ b)
    k = float(a @ b) / power if power else 0.0
    return k != 0.0 and float(np.max(np.abs(a - k * b))) <= LINEAR * float(np.max(np.abs(a)))


def _array(value: object) -> Array | None:
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return value.astype(np.float64)
    return np.asarray(float(value)) if isinstance(value, float | int | np.number) else None
