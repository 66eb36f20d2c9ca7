"""Relations of the output's delta: labels never seen or another sample's, logits, decisions, the softmax's Jacobian."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradcheck.repair.relations.activations import sigmoid
from gradcheck.repair.relations.arrays import Array, fitted, multiple, near, quotient, reordered
from gradcheck.repair.relations.ground import Ground


@dataclass(frozen=True, slots=True, eq=False)
class _Error:
    """A reading of the right delta as (p - y) times a slope."""

    p: Array
    y: Array
    slope: Array


def by_labels(old: Array, new: Array, ground: Ground) -> str:
    """What the wrong delta took for outputs or labels, where the right one is (p - y) s for outputs p and labels y.

    - "label-free": (p - c) s with one number c for all labels
    - "label-scaled": (p - k y) s
    - "misaligned": (p - y') s with the labels y' of other samples
    - "logits": (z - y) s with the logits z
    - "argmax": (decision - y) s
    - "loss-only": the derivative of the loss by p alone, -y / p
    - "error-twice": (p - y) s times p - y or |p - y| once more
    - "extra-derivative": (p - y) s times the derivative of a sigmoid or tanh that the outputs may never have been
    """
    for p in ground.outputs:
        if _same(p, new):  # the labels are yet to be taken off
            return _as_outputs(old, new, ground)
    for error in _errors(new, ground):
        name = _by_error(old, new, error, ground)
        if name:
            return name
    return ""


def _by_error(old: Array, new: Array, error: _Error, ground: Ground) -> str:
    used = old / error.slope
    return (
        _as_labels(error.p - used, error.y)
        or _as_outputs(error.y + used, error.p, ground)
        or _as_product(old, new, error)
    )


def _as_labels(target: Array, y: Array) -> str:
    """What was used in the labels' place."""
    if any(reordered(target, y, axis) for axis in range(y.ndim)):
        return "misaligned"
    if float(np.ptp(y)) == 0.0:
        return ""
    if float(np.ptp(target)) <= 1e-9:
        return "label-free"
    scaled = np.count_nonzero(y) > 1 and multiple(target, y) is not None
    return "label-scaled" if scaled else ""


def _as_outputs(output: Array, p: Array, ground: Ground) -> str:
    """What was used in the outputs' place."""
    if any(near(output, z) and _leads_to(z, p, ground) for z in ground.arrays(p.shape)):
        return "logits"
    return "argmax" if any(near(output, decided) for decided in _decisions(p)) else ""


def _as_product(old: Array, new: Array, error: _Error) -> str:
    gap = error.p - error.y
    if bool(np.all(error.p != 0.0)) and multiple(old, -error.y / error.p) is not None:
        return "loss-only"
    if any(multiple(old, new * more) is not None for more in (gap, np.abs(gap))):
        return "error-twice"
    slopes = (error.p * (1.0 - error.p), 1.0 - error.p**2)
    return "extra-derivative" if any(multiple(old, new * slope) is not None for slope in slopes) else ""


def _errors(new: Array, ground: Ground) -> Iterator[_Error]:
    """Readings of the right delta as (p - y) s, where s is a constant, or a constant times the slope of p."""
    for given in ground.outputs:
        p = fitted(given, new.shape)
        for label in ground.labels if p is not None else ():
            y = fitted(label, new.shape)
            if p is None or y is None or near(p, y):
                continue
            slope = quotient(new, p - y)
            if slope is not None and bool(np.all(slope != 0.0)) and _is_slope(slope, p):
                yield _Error(p, y, slope)


def _is_slope(slope: Array, p: Array) -> bool:
    return any(multiple(slope, known) is not None for known in (np.ones_like(p), p * (1.0 - p), 1.0 - p**2))


def _leads_to(z: Array, p: Array, ground: Ground) -> bool:
    """Whether an array is what the outputs are the softmax or another activation of."""
    pairs = [*((s.z, s.p) for s in ground.softmaxes), *((a.z, a.h) for a in ground.activations)]
    known = any(_same(before, z) and _same(after, p) for before, after in pairs)
    return not near(z, p) and (known or near(sigmoid(z), p))


def _same(a: Array, b: Array) -> bool:
    """Whether two arrays are equal, axes of length one apart."""
    fit = fitted(a, b.shape)
    return fit is not None and near(fit, b)


def _decisions(p: Array) -> Iterator[Array]:
    yield (p > 0.5).astype(float)
    for axis in range(p.ndim):
        decided = np.zeros_like(p)
        np.put_along_axis(decided, np.expand_dims(p.argmax(axis=axis), axis), 1.0, axis=axis)
        yield decided


def is_cross_entropy(delta: Array, ground: Ground) -> bool:
    """Whether a delta is that of a cross-entropy: a multiple of p - y, with a softmax or a sigmoid p."""
    return any(
        float(np.ptp(error.slope)) <= 1e-9 * float(np.max(np.abs(error.slope)))
        and _are_probabilities(error.p, ground)
        for error in _errors(delta, ground)
    )


def _are_probabilities(p: Array, ground: Ground) -> bool:
    soft = any(_same(soft.p, p) for soft in ground.softmaxes)
    return soft or any(pair.act.name == "sigmoid" and _same(pair.h, p) for pair in ground.activations)


def possible_deltas(ground: Ground) -> Iterator[Array]:
    """What the output's delta may be but for a constant: p - y, alone or times a slope of p; vectors as columns too."""
    for p in ground.outputs:
        for label in ground.labels:
            y = fitted(label, p.shape)
            if y is None or near(p, y):
                continue
            for delta in (p - y, (p - y) * p * (1.0 - p), (p - y) * (1.0 - p**2)):
                yield delta
                if delta.ndim == 1:
                    yield delta[:, np.newaxis]


def by_softmax(old: Array, new: Array, ground: Ground) -> str:
    """What became of the softmax's Jacobian diag(p) - p p^T: "loss-only" where it was left out, "diagonal" of it."""
    for soft in ground.softmaxes:
        if soft.p.shape != old.shape:
            continue
        if multiple(new, soft.product(old)) is not None:
            return "loss-only"
        diagonal = soft.p * (1.0 - soft.p)
        if multiple(new, soft.product(old / diagonal)) is not None:
            return "diagonal"
    return ""
