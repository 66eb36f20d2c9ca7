"""Layers that compute nothing new: flatten, a bare activation, and rows inside a network of columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.activations import Activation
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer


@dataclass(frozen=True, slots=True)
class Flatten(Layer):
    """The last axes as one: x (N, C, H, W) gives h (N, C H W).

    Attributes:
        axes: how many axes become one: 3 for images, 2 for sequences.
    """

    axes: int = 3

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """H alone."""
        del p
        return {"h": x.reshape(*x.shape[: -self.axes], -1).copy()}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The same numbers in x's shape."""
        del p, cache
        return {"dx": dh.reshape(x.shape)}


@dataclass(frozen=True, slots=True)
class Activate(Layer):
    """An activation as a layer of its own, h = f(x)."""

    activation: Activation

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """H alone."""
        del p
        return {"h": self.activation.forward(x)}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The activation's pullback."""
        del p, cache
        return {"dx": self.activation.backward(x, dh)}


@dataclass(frozen=True, slots=True)
class Transposed(Layer):
    """A layer written for samples as rows, in a network with samples as columns: x (features, N)."""

    layer: Layer

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The layer's own."""
        return self.layer.shapes

    @property
    def weights(self) -> tuple[str, ...]:
        """The layer's own."""
        return self.layer.weights

    @property
    def mixes_samples(self) -> bool:
        """Whether the layer does."""
        return self.layer.mixes_samples

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """The layer's own."""
        return self.layer.initial(rng, initializer)

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """The layer's intermediates, samples as rows, and h with samples as columns."""
        cache = self.layer.forward(p, x.swapaxes(-1, -2))
        return cache | {"h": cache["h"].swapaxes(-1, -2)}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The layer's gradients, and dx with samples as columns."""
        pulled = self.layer.backward(p, x.T, cache | {"h": cache["h"].T}, dh.T)
        return pulled | {"dx": pulled["dx"].T}

    def replay(self, p: Mapping[str, Array], x: Array, cache: Arrays) -> Array:
        """The layer's replay."""
        rows = cache | {"h": cache["h"].T}
        return self.layer.replay(p, x.swapaxes(-1, -2), rows).swapaxes(-1, -2)
