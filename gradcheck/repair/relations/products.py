"""Relations of a weight's gradient, which is activations times delta: what stands in the place of either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradcheck.repair.relations.arrays import Array, multiple, near, reordered, spanned
from gradcheck.repair.relations.ground import Ground

MOST_WORK = 2_000_000
# Multiplications that one product may cost.


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """A gradient as factor left' right + share W, samples as rows, the share being the penalty's."""

    left: Array
    right: Array
    factor: float
    share: float


def by_product(old: Array, new: Array, weights: Array, ground: Ground) -> str:
    """What stands for the activations or the delta in a gradient that should be their product.

    "preactivation": z for h; "input": the network's inputs; "weights": a parameter; "shuffled": the same rows in
    another order; "one-sample": the product of one row of each; "some-samples": some rows are left out; "other-array":
    some other array of the program.
    """
    arrays = [a for a in (*ground.forward, *ground.inputs, *ground.backward) if a.ndim in {1, 2}]
    for product in products(new, weights, arrays, arrays):
        data = old - product.share * weights
        found = _by_rows(data, product) or _by_side(data, product, arrays, ground)
        if found:
            return found
    return ""


def products(new: Array, weights: Array, lefts: list[Array], rights: list[Array]) -> Iterator[Product]:
    """Pairs of arrays whose product over the samples is a gradient, or a multiple of it, but for a penalty."""
    for right in rights:
        for left in lefts:
            for a, b in _ways(left, right):
                if (a.shape[1], b.shape[1]) == new.shape and a.size * b.shape[1] <= MOST_WORK:
                    value = a.T @ b
                    found = [k, 0.0] if (k := multiple(new, value)) else spanned(new, [value, weights])
                    if found:
                        yield Product(a, b, found[0], found[1])


def _ways(left: Array, right: Array) -> Iterator[tuple[Array, Array]]:
    """Two arrays as matrices with a row a sample: rows, columns, or single samples."""
    if left.ndim == 1 and right.ndim == 1:
        yield left[np.newaxis], right[np.newaxis]
    elif left.ndim == right.ndim == 2:
        if left.shape[0] == right.shape[0]:
            yield left, right
        if left.shape[1] == right.shape[1]:
            yield left.T, right.T


def _by_rows(old: Array, product: Product) -> str:
    """Whether the wrong gradient is the product of some of the rows."""
    singles = [np.outer(a, b) for a, b in zip(product.left, product.right, strict=True)]
    if len(singles) == 1:
        return ""
    if any(multiple(old, single) is not None for single in singles):
        return "one-sample"
    whole = product.left.T @ product.right
    left_out = [whole - single for single in (singles[0], singles[-1])]
    return "some-samples" if any(multiple(old, rest) is not None for rest in left_out) else ""


def _by_side(old: Array, product: Product, arrays: list[Array], ground: Ground) -> str:
    """What stands for one of the two sides."""
    left, right = product.left, product.right
    sides = (right.sum(axis=0), left.sum(axis=0)[:, np.newaxis])
    weights = [w for value in ground.weights.values() for w in (value, value.T) if w.shape == old.shape]
    if any(
        multiple(old, w * side) is not None
        for w in weights
        for side in sides
        if side.size > 1 or not product.share
    ):
        return "weights"
    return _by_left(old, left, right, arrays, ground) or _by_left(old.T, right, left, arrays, ground)


def _by_left(old: Array, left: Array, right: Array, arrays: list[Array], ground: Ground) -> str:
    """What stands for the left side of left' right."""
    for other in arrays:
        turned = other[np.newaxis] if other.ndim == 1 else other
        for a in (turned, turned.T):
            if a.shape == left.shape and not near(a, left) and multiple(old, a.T @ right) is not None:
                return _kind(a, left, ground)
    return ""


def _kind(used: Array, right: Array, ground: Ground) -> str:
    if reordered(used, right, 0):
        return "shuffled"
    if any(_same(pair.z, used) and _same(pair.h, right) for pair in ground.activations):
        return "preactivation"
    return "input" if any(_same(x, used) for x in ground.inputs) else "other-array"


def _same(a: Array, b: Array) -> bool:
    """Whether two arrays are equal, turned or not, axes of length one apart."""
    forms = (a, a.T, np.atleast_2d(a), np.atleast_2d(a).T)
    return any(form.shape == b.shape and near(form, b) for form in forms)


def by_weights(old: Array, new: Array, weights: Array) -> str:
    """Whether wrong and right differ by the penalty: "penalty" by a multiple of W, "penalty-kind" by sign W as well.

    "penalty-power": by a power of W as well, or by W as long as it is.
    """
    gap = old - new
    if spanned(gap, [weights]) is not None:
        return "penalty"
    if weights.size > 4 and spanned(gap, [np.sign(weights), weights]) is not None:
        return "penalty-kind"
    for power in (2, 3):
        if spanned(gap, [weights**power, weights]) is not None or spanned(gap, [weights**power]) is not None:
            return "penalty-power"
    return ""
