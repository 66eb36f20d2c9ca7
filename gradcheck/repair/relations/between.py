"""The relation between a wrong quantity and the right one, by what it is: a delta, a weight's gradient, a bias's."""

from __future__ import annotations

from typing import Any

from gradcheck.repair.relations.arrays import Array, fitted, flips, multiple, near, numbers, spanned
from gradcheck.repair.relations.factors import by_array, by_constant, by_place
from gradcheck.repair.relations.ground import Ground
from gradcheck.repair.relations.normalised import by_normalised
from gradcheck.repair.relations.outputs import by_labels, by_softmax, is_cross_entropy
from gradcheck.repair.relations.products import by_product, by_weights
from gradcheck.repair.relations.relation import Relation
from gradcheck.repair.relations.slopes import by_slope
from gradcheck.repair.relations.sums import by_sum

HALF_OR_TWICE = (0.5, 2.0)


def delta_relation(old: Any, new: Any, ground: Ground, *, output: bool) -> Relation:
    """What one delta was to another; no relation where they are equal, or no arrays of numbers.

    Args:
        old: the value before the repair.
        new: the value after it.
        ground: what else the program holds.
        output: whether it is the output's delta.
    """
    pair = _compared(old, new)
    if pair is None:
        return Relation()
    a, n = pair
    found = by_constant(a, n, ground) if a.shape == n.shape else Relation()
    if found:
        constant = output and found.factor in HALF_OR_TWICE and not is_cross_entropy(n, ground)
        return Relation("loss-factor", found.factor) if constant else found
    if a.shape != n.shape:
        return Relation(by_place(a, n))
    name = (output and (by_labels(a, n, ground) or by_softmax(a, n, ground))) or by_slope(a, n, ground)
    name = name or by_place(a, n) or by_normalised(a, n, ground.forward)
    return Relation(name or by_array(a, n, ground))


def weight_relation(old: Array, new: Array, weights: Array, ground: Ground) -> Relation:
    """What the gradient of a matrix of weights was to the right one; the penalty's share of both is told apart."""
    if not _differ(old, new):
        return Relation()
    penalty = by_weights(old, new, weights)
    if penalty:
        return Relation(penalty)
    for share in (0.0, *_data_part(old, new, weights)):
        found = by_constant(old - share * weights, new - share * weights, ground)
        if found:
            return found
    turned = "flipped" if flips(old, new) else ""
    found = Relation(turned or by_place(old, new) or by_product(old, new, weights, ground))
    if not found and multiple(old, weights) is not None:
        return Relation("zero")  # the penalty is all there is
    return found


def bias_relation(old: Array, new: Array, bias: Array, ground: Ground) -> Relation:
    """What the gradient of a bias was to the right one."""
    fit = fitted(old, new.shape)
    if fit is None:
        return Relation(by_sum(old, new, ground))
    if not _differ(fit, new):
        return Relation()
    found = by_constant(fit, new, ground)
    if found:
        return found
    if bias.size > 1 and multiple(fit - new, bias) is not None:
        return Relation("penalty", multiple(fit - new, bias))
    return Relation(by_sum(fit, new, ground))


def _data_part(old: Array, new: Array, weights: Array) -> list[float]:
    """Coefficients c for which old - c W may be a multiple of new - c W."""
    found = spanned(old, [new, weights])
    if found is None or abs(found[0] - 1.0) < 1e-9:
        return []
    return [found[1] / (1.0 - found[0])]


def _compared(old: Any, new: Any) -> tuple[Array, Array] | None:
    a, n = numbers(old), numbers(new)
    if a is None or n is None or (a.shape == n.shape and near(a, n)):
        return None
    return a, n


def _differ(old: Array, new: Array) -> bool:
    return old.shape == new.shape and not near(old, new)
