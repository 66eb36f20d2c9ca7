"""The residual connection: the input is added to what the layers make of it.

    h = x + f(x)              dx = dh + (pullback of dh through f): two paths, two terms

Source: He et al. 2015, Deep residual learning for image recognition, equation 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer


@dataclass(frozen=True, slots=True)
class Residual(Layer):
    """A layer, or a `Chain` of them, with a way around it; its output must have its input's shape."""

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
        """The layer's intermediates, its output under the name "f", and h = x + f."""
        cache = self.layer.forward(p, x)
        return cache | {"f": cache["h"], "h": x + cache["h"]}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The layer's gradients, and dx over both paths."""
        pulled = self.layer.backward(p, x, self._inner(cache), dh)
        return pulled | {"dx": dh + pulled["dx"]}

    def replay(self, p: Mapping[str, Array], x: Array, cache: Arrays) -> Array:
        """X and the layer's replay."""
        h: Array = x + self.layer.replay(p, x, self._inner(cache))
        return h

    def _inner(self, cache: Arrays) -> Arrays:
        return cache | {"h": cache["f"]}
