"""Activations known by their values: which array of a forward pass is which function of which other one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.repair.relations.arrays import Array, near

MANY = 4096
# Entries of an array that are looked at: an activation that fits so many fits all.


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation function.

    Attributes:
        name: as people call it.
        value: act(z).
        slope: act'(z).
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def _leaky(slope: float) -> Activation:
    return Activation(
        f"leaky {slope}",
        lambda z: np.where(z > 0.0, z, slope * z),
        lambda z: np.where(z > 0.0, 1.0, slope),
    )


KNOWN: tuple[Activation, ...] = (
    Activation("tanh", np.tanh, lambda z: 1.0 - np.tanh(z) ** 2),
    Activation("sigmoid", sigmoid, lambda z: sigmoid(z) * (1.0 - sigmoid(z))),
    Activation("relu", lambda z: np.maximum(z, 0.0), lambda z: (z > 0.0).astype(float)),
    *(_leaky(slope) for slope in (0.01, 0.05, 0.1, 0.2, 0.3)),
    Activation("softplus", lambda z: np.logaddexp(0.0, z), sigmoid),
    Activation("sine", np.sin, np.cos),
    Activation("elu", lambda z: np.where(z > 0.0, z, np.expm1(z)), lambda z: np.exp(np.minimum(z, 0.0))),
    Activation("swish", lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1.0 + z * (1.0 - sigmoid(z)))),
)


@dataclass(frozen=True, slots=True, eq=False)
class Activated:
    """An activation at work: h = act(z).

    Attributes:
        act: which.
        z: the values before it.
        h: those after it.
    """

    act: Activation
    z: Array
    h: Array

    @property
    def slope(self) -> Array:
        """act'(z)."""
        return self.act.slope(self.z)


@dataclass(frozen=True, slots=True, eq=False)
class Softmax:
    """A softmax at work: p = exp(z) / sum(exp(z)) over an axis.

    Attributes:
        z: the logits.
        p: the probabilities.
        axis: over which they sum to one.
    """

    z: Array
    p: Array
    axis: int

    def product(self, upstream: Array) -> Array:
        """The vector-Jacobian product p * (g - sum(g * p))."""
        mean: Array = (upstream * self.p).sum(axis=self.axis, keepdims=True)
        return self.p * (upstream - mean)


def activated(arrays: Sequence[Array]) -> list[Activated]:
    """Every pair of arrays of which one is a known activation of the other and not the same, in the order given."""
    found = []
    for z in arrays:
        for act in KNOWN:
            with np.errstate(over="ignore"):
                value = act.value(z)
            if near(value, z):
                continue
            found += [Activated(act, z, h) for h in arrays if h is not z and _is(value, h)]
    return found


def softmaxes(arrays: Sequence[Array]) -> Iterator[Softmax]:
    """Every pair of arrays of which one is the softmax of the other, over any axis."""
    for p in arrays:
        for axis in range(p.ndim):
            if p.shape[axis] < 2 or np.min(p) <= 0.0 or not np.allclose(p.sum(axis=axis), 1.0):
                continue
            for z in arrays:
                if z is not p and z.shape == p.shape and not near(z, p):
                    e = np.exp(z - z.max(axis=axis, keepdims=True))
                    if near(e / e.sum(axis=axis, keepdims=True), p):
                        yield Softmax(z, p, axis)


def _is(value: Array, h: Array) -> bool:
    if value.shape != h.shape or not math.isclose(value.flat[0], h.flat[0], rel_tol=1e-6, abs_tol=1e-12):
        return False
    return near(value.ravel()[:MANY], h.ravel()[:MANY])
