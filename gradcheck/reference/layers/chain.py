"""Layers one after another, as one layer; and how their arrays are numbered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer

_INDEX = re.compile(r"[\d.]*$")


def numbered(name: str, number: int) -> str:
    """The name of an array of layer `number`, counted from 1.

    W of layer 2 is W2; W1 of a chain that stands there is W2.1.

    Example:
        >>> numbered("W", 2), numbered("W1", 2)
        ('W2', 'W2.1')
    """
    index = _INDEX.search(name)
    assert index is not None  # the pattern matches the empty string
    stem = name[: index.start()]
    return f"{stem}{number}.{index.group()}" if index.group() else f"{stem}{number}"


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
        caches = self.passes(p, x)
        named = {numbered(name, n): a for n, cache in enumerate(caches, 1) for name, a in cache.items()}
        return named | {"h": caches[-1]["h"] if caches else x}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """From the last layer to the first: the gradients of all layers, numbered, dh of each, and dx."""
        named: Arrays = {}
        for n, layer in reversed(list(self.enumerate())):
            named[numbered("dh", n)] = dh
            below = cache[numbered("h", n - 1)] if n > 1 else x
            pulled = layer.backward(_of_layer(p, n), below, _of_layer(cache, n), dh)
            dh = pulled.pop("dx")
            named |= {numbered(name, n): array for name, array in pulled.items()}
        return named | {"dx": dh}

    def replay(self, p: Mapping[str, Array], x: Array, cache: Arrays) -> Array:
        """Each layer's replay in turn."""
        for n, layer in self.enumerate():
            x = layer.replay(_of_layer(p, n), x, _of_layer(cache, n))
        return x

    def passes(self, p: Mapping[str, Array], x: Array) -> list[Arrays]:
        """The forward pass as one cache for each layer, under the layer's own names."""
        caches = []
        for n, layer in self.enumerate():
            caches.append(layer.forward(_of_layer(p, n), x))
            x = caches[-1]["h"]
        return caches

    def enumerate(self) -> enumerate[Layer]:
        """Layers with their numbers, counted from 1."""
        return enumerate(self.layers, 1)


def _of_layer(arrays: Mapping[str, Array], number: int) -> Arrays:
    """The arrays of layer `number` under the layer's own names: the inverse of `numbered`."""
    own: Arrays = {}
    for name, array in arrays.items():
        index = _INDEX.search(name)
        assert index is not None
        first, _, rest = index.group().partition(".")
        if first == str(number):
            own[name[: index.start()] + rest] = array
    return own
