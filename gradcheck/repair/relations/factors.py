"""Relations that any quantity may have to another: nothing at all, a constant, an array too many or too few, a mask."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gradcheck.repair.relations.arrays import CLOSE, Array, fitted, multiple, near, reordered
from gradcheck.repair.relations.ground import Ground
from gradcheck.repair.relations.relation import Relation

TWO_VALUES = 2
SPARSE = 0.3
# Share of zeros in what a pooling hands back, rounded down: of a window all but one.


def by_constant(old: Array, new: Array, ground: Ground) -> Relation:
    """Whether a quantity is nothing, the negative of the right one, the loss times it, or another constant times it."""
    if not np.any(old):
        return Relation("zero")
    k = multiple(old, new)
    if k is None:
        return Relation()
    if abs(k + 1.0) < CLOSE:
        return Relation("sign", k)
    if _is_loss(k, ground):
        return Relation("times-loss", k)
    k = round(k * 2) / 2 if abs(k * 2 - round(k * 2)) < CLOSE * abs(k) else k
    if old.size < 2 and not any(abs(x * 2 - round(x * 2)) < CLOSE for x in (k, 1.0 / k)):
        return Relation()  # a single number is some multiple of any other
    return Relation("scale", k, of_batch=_is_batch(abs(k), ground))


def _is_loss(k: float, ground: Ground) -> bool:
    """Whether a constant is the loss; not where that is a round number, which could be anything."""
    sizes = (1.0, *(float(n) for n in _samples(ground)))
    return (
        any(abs(k - ground.loss * n) <= 1e-9 * abs(k) for n in sizes) and abs(k * 64 - round(k * 64)) > 1e-6
    )


def _is_batch(k: float, ground: Ground) -> bool:
    """Whether a constant is the number of samples, its square where two layers err, or one over either."""
    powers = [float(n) ** power for n in _samples(ground) for power in (1, -1, 2, -2)]
    return any(abs(k - power) < CLOSE * power for power in powers)


def _samples(ground: Ground) -> set[int]:
    """What the number of samples may be: a length that inputs and outputs share, more than one."""
    shapes = [[n for n in array.shape if n > 1] for array in (*ground.inputs, *ground.outputs)]
    return set.intersection(*(set(shape) for shape in shapes)) if shapes else set()


def by_array(old: Array, new: Array, ground: Ground) -> str:
    """Whether an array of the program is a factor or a term too few.

    "missing-mask": a factor that switches entries off and scales the others alike. "missing-factor", "missing-term":
    any other. "other-mask": entries are switched off, and not the right ones.
    """
    arrays = list(ground.arrays(old.shape))
    factors = [a for a in (*arrays, *_of_every_sample(old.shape, ground)) if near(old * a, new)]
    if factors:
        return "missing-mask" if any(_is_mask(a) for a in factors) else "missing-factor"
    if any(multiple(new - old, a) is not None for a in arrays):
        return "missing-term"
    both = (old != 0.0) & (new != 0.0)
    differ = bool(np.any((old != 0.0) & (new == 0.0)) and np.any((old == 0.0) & (new != 0.0)))
    return "other-mask" if differ and both.any() and near(old[both], new[both]) else ""


def _of_every_sample(shape: tuple[int, ...], ground: Ground) -> list[Array]:
    """The arrays of the forward pass that all samples share, such as a mask that is drawn once for all."""
    return [array for array in ground.forward if array.ndim > 1 and array.shape == shape[1:]]


def _is_mask(a: Array) -> bool:
    values = np.unique(a)
    return len(values) == TWO_VALUES and values[0] == 0.0


def by_place(old: Array, new: Array) -> str:
    """Whether entries are right and stand elsewhere, or some samples are left out, or a mean was not taken off.

    "transposed", "flipped", "reordered"; "moved": windows hold the same sums; "one-sample": one slice along
    an axis is right, the rest 0; "uncentred": the right one has mean 0 over the samples, the wrong one has not.
    """
    if old.shape != new.shape:
        turned = fitted(old.T, new.shape)
        return "transposed" if turned is not None and near(turned, new) else ""
    tests: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("transposed", lambda: old.ndim == 2 and old.T.shape == new.shape and near(old.T, new)),
        ("flipped", lambda: old.ndim > 1 and near(old[..., ::-1, ::-1], new)),
        ("one-sample", lambda: _is_one_slice(old, new)),
        ("reordered", lambda: reordered(old, new, 0)),
        ("moved", lambda: _is_moved(old, new)),
        ("uncentred", lambda: old.ndim == 2 and is_uncentred(old, new, 0)),
    )
    return next((name for name, holds in tests if holds()), "")


def is_uncentred(old: Array, new: Array, axis: int) -> bool:
    """Whether of two arrays the right one alone has mean 0 over an axis."""
    size = float(np.max(np.abs(new)))
    means, kept = np.abs(new.mean(axis=axis)), np.abs(old.mean(axis=axis))
    return old.shape[axis] > 2 and bool(means.max() < 1e-9 * size < 1e-3 * size < kept.max())


def _is_moved(old: Array, new: Array) -> bool:
    """Whether windows of the last two axes hold the same sums, or of any one axis, where one entry of many is right."""
    if old.ndim > 2 and near(old.sum(axis=(-2, -1)), new.sum(axis=(-2, -1))):
        return True
    alone = float(np.mean(new == 0.0)) > SPARSE
    return alone and any(
        old.shape[axis] > 1 and near(old.sum(axis=axis), new.sum(axis=axis)) for axis in range(1, old.ndim)
    )


def _is_one_slice(old: Array, new: Array) -> bool:
    for axis in range(old.ndim):
        one, other = np.moveaxis(old, axis, 0), np.moveaxis(new, axis, 0)
        kept = [at for at in range(len(one)) if np.any(one[at])]
        if len(kept) == 1 and len(one) > 1 and multiple(one[kept[0]], other[kept[0]]) is not None:
            return True
    return False
