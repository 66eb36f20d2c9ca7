"""A small network with a loss and a right gradient, to plant errors in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Grads = dict[str, np.ndarray]


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron with softmax cross-entropy and L2, on one batch.

    Attributes:
        params: W0, b0, W1, ...
        scale: what the loss, and with it the gradient, is multiplied by.
    """

    params: Grads
    X: np.ndarray
    y: np.ndarray
    activation: str = "tanh"
    scale: float = 1.0
    penalty: float = 1e-3

    @property
    def depth(self) -> int:
        return len(self.params) // 2

    def loss(self, p: Grads):
        a = self.X
        for layer in range(self.depth):
            z = a @ p[f"W{layer}"] + p[f"b{layer}"]
            a = self._activate(z)
        z = z - z.max(axis=1, keepdims=True)
        data = np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(self.y)), self.y])
        weights = sum((p[f"W{layer}"] ** 2).sum() for layer in range(self.depth))
        return self.scale * (data + self.penalty * weights)

    def _activate(self, z):
        return np.tanh(z) if self.activation == "tanh" else np.maximum(z, 0)

    def _slope(self, z):
        return 1 - np.tanh(z) ** 2 if self.activation == "tanh" else (z > 0).astype(float)

    def gradient(self, p: Grads, bug: str = "") -> Grads:
        """The gradient, right unless `bug` names one of BUGS that sits inside the backward pass."""
        inputs, zs, a = [], [], self.X
        for layer in range(self.depth):
            inputs.append(a)
            zs.append(a @ p[f"W{layer}"] + p[f"b{layer}"])
            a = self._activate(zs[-1])
        e = np.exp(zs[-1] - zs[-1].max(axis=1, keepdims=True))
        delta = e / e.sum(axis=1, keepdims=True)
        delta[np.arange(len(self.y)), self.y] -= 1
        delta *= self.scale / len(self.y)
        grads: Grads = {}
        for layer in reversed(range(self.depth)):
            factor = 1 if bug == "no factor 2" else 2
            grads[f"W{layer}"] = inputs[layer].T @ delta + self.scale * factor * self.penalty * p[f"W{layer}"]
            drop = 1 if bug == "b drops a sample" and layer == 0 else 0
            grads[f"b{layer}"] = delta[drop:].sum(axis=0)
            if layer:
                slope = 1 if bug == "no activation slope" else self._slope(zs[layer - 1])
                delta = delta @ p[f"W{layer}"].T * slope
        return {name: grads[name] for name in self.params}


def network(seed: int, sizes=(20, 30, 5), batch: int = 24, **options) -> Network:
    rng = np.random.default_rng(seed)
    params: Grads = {}
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(sizes)):
        params[f"W{layer}"] = rng.normal(size=(fan_in, fan_out)) / np.sqrt(fan_in)
        params[f"b{layer}"] = rng.normal(size=fan_out) * 0.1
    return Network(params, rng.normal(size=(batch, sizes[0])), rng.integers(sizes[-1], size=batch), **options)


def _sign_flip(grads: Grads, rng):
    grads["W0"].flat[_typical(grads["W0"], rng)] *= -1


def _swap(grads: Grads, rng):
    i, j = _typical(grads["W0"], rng), _typical(grads["W0"], rng)
    flat = grads["W0"].reshape(-1)
    flat[i], flat[j] = flat[j], flat[i]


def _rescale(grads: Grads, rng):
    for name in grads:
        grads[name] = grads[name] * 1.0005


def _typical(array, rng) -> int:
    """An entry that is not among the smallest tenth."""
    return int(rng.choice(np.argsort(np.abs(array).reshape(-1))[array.size // 10 :]))


AFTERWARDS: dict[str, Callable] = {
    "one W sign flip": _sign_flip,
    "two W swapped": _swap,
    "all x 1.0005": _rescale,
}
BUGS = (*AFTERWARDS, "no factor 2", "no activation slope", "b drops a sample")


def broken(net: Network, bug: str, seed: int) -> Grads:
    """The gradient with a bug in it; the right one for ""."""
    grads = net.gradient(net.params, bug)
    if bug in AFTERWARDS:
        AFTERWARDS[bug](grads, np.random.default_rng(seed))
    return grads
