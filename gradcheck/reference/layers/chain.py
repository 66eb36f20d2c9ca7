"""Layers one after another, as one layer; and how their arrays are numbered."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer


def numbered(name: str, number: int) -> str:
    """The name of an array of layer `number`, counted from 1.

    W of layer 2 is W2; W1 of a chain that stands there is W2.1.

    Example:
        >>> numbered("W", 2), numbered("W1", 2)
        ('W2', 'W2.1')
    """
    stem, inner = _parted(name)
    return f"{stem}{number}.{inner}" if inner else f"{stem}{number}"


@dataclass(frozen=True, slots=True)
class Chain(Layer):
    """h = f_L(... f_2(f_1(x))): the chain rule is the loop of `backward`.

    Arrays carry their layer's number, counted from 1: z1, h1, W1; and h, the output, is the last layer's.

    Example:
        >>> from gradcheck.reference import Dense, Tanh
        >>> sorted(Chain((Dense(4, 4, Tanh()), Dense(4, 3))).shapes)
        ['W1', 'W2', 'b1', 'b2']
    """

    layers: tuple[Layer, ...]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Those of all layers, numbered."""
        return {
            numbered(name, n): shape for n, layer in self.enumerate() for name, shape in layer.shapes.items()
        }

    @property
    def weights(self) -> tuple[str, ...]:
        """Those of all layers, numbered."""
        return tuple(numbered(name, n) for n, layer in self.enumerate() for name in layer.weights)

    @property
    def mixes_samples(self) -> bool:
        """Whether any of the layers does."""
        return any(layer.mixes_samples for layer in self.layers)

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """Those of all layers, numbered, drawn from the first layer to the last."""
        return {
            numbered(name, n): array
            for n, layer in self.enumerate()
            for name, array in layer.initial(rng, initializer).items()
        }

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """The intermediates of all layers, numbered, and h."""
        caches = self.passes(self.split(p), x)
        named = {numbered(name, n): a for n, cache in enumerate(caches, 1) for name, a in cache.items()}
        return named | {"h": caches[-1]["h"]}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """From the last layer to the first: the gradients of all layers, numbered, dh of each, and dx."""
        parameters, caches = self.split(p), self.split(cache)
        named: Arrays = {}
        for n, layer in reversed(list(self.enumerate())):
            named[numbered("dh", n)] = dh
            below = caches[n - 2]["h"] if n > 1 else x
            pulled = layer.backward(parameters[n - 1], below, caches[n - 1], dh)
            dh = pulled.pop("dx")
            named |= {numbered(name, n): array for name, array in pulled.items()}
        return named | {"dx": dh}

    def replay(self, p: Mapping[str, Array], x: Array, cache: Arrays) -> Array:
        """Each layer's replay in turn."""
        for layer, own, earlier in zip(self.layers, self.split(p), self.split(cache), strict=True):
            x = layer.replay(own, x, earlier)
        return x

    def passes(self, parameters: Sequence[Mapping[str, Array]], x: Array) -> list[Arrays]:
        """The forward pass as one cache for each layer, from parameters as `split` gives them."""
        caches: list[Arrays] = []
        for layer, own in zip(self.layers, parameters, strict=True):
            caches.append(layer.forward(own, x))
            x = caches[-1]["h"]
        return caches

    def split(self, arrays: Mapping[str, Array]) -> list[Arrays]:
        """Numbered arrays as one mapping for each layer, under the layer's own names; others are left out.

        Example:
            >>> from gradcheck.reference import Flatten
            >>> Chain((Flatten(), Flatten())).split({"W1": 1, "W2.1": 2, "h": 3})
            [{'W': 1}, {'W1': 2}]
        """
        parts: list[Arrays] = [{} for _ in self.layers]
        for name, array in arrays.items():
            stem, index = _parted(name)
            number, _, rest = index.partition(".")
            if number and 1 <= int(number) <= len(parts):
                parts[int(number) - 1][stem + rest] = array
        return parts

    def enumerate(self) -> enumerate[Layer]:
        """Layers with their numbers, counted from 1."""
        return enumerate(self.layers, 1)


@functools.lru_cache(maxsize=1024)  # asked for every array of every pass, of names that are few
def _parted(name: str) -> tuple[str, str]:
    """A name and the number at its end: ("W", "2.1") for W2.1."""
    stem = name.rstrip("0123456789.")
    return stem, name[len(stem) :]
