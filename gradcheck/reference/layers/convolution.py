"""The convolutional layer: a dense layer that sees one patch at a time and shares its weights.

As everywhere in neural networks the kernel is not flipped (it is a cross-correlation). With s the stride and
x padded by zeros, for sample n, output channel o and place (u, v):

    z[n, o, u, v] = b[o] + sum_{c, i, j} W[o, c, i, j] x[n, c, s u + i, s v + j]           h = f(z)

    delta = dh * f'(z)                                                                      as BP1 and BP2
    db[o] = sum_{n, u, v} delta[n, o, u, v]                                                 BP3, over all
    places dW[o, c, i, j] = sum_{n, u, v} delta[n, o, u, v] x[n, c, s u + i, s v + j]              BP4, over
    all places dx[n, c, s u + i, s v + j] += sum_o W[o, c, i, j] delta[n, o, u, v]                     BP2,
    each place it was used

Source: Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016; Goodfellow, Bengio and
Courville, Deep Learning, section 9.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gradcheck.reference.activations import Activation, Identity
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer
from gradcheck.reference.layers.windows import pad, spread, unpad, windows


@dataclass(frozen=True, slots=True)
class Conv2d(Layer):
    """Images: x (N, C, H, W) gives h (N, O, H', W') with H' = (H + 2 padding - size) // stride + 1.

    Parameters: W (O, C, size, size), b (O,).

    Attributes:
        channels: C.
        filters: O.
        size: height and width of the kernel.
        stride: s.
        padding: zeros on each side.
        activation: f, elementwise.

    Example:
        >>> layer = Conv2d(1, 1, size=2)
        >>> p = {"W": np.ones((1, 1, 2, 2)), "b": np.zeros(1)}
        >>> layer.forward(p, np.arange(9.0).reshape(1, 1, 3, 3))["h"][0, 0].tolist()
        [[8.0, 12.0], [20.0, 24.0]]
    """

    channels: int
    filters: int
    size: int
    stride: int = 1
    padding: int = 0
    activation: Activation = field(default_factory=Identity)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """W (O, C, size, size) and b (O,)."""
        return {"W": (self.filters, self.channels, self.size, self.size), "b": (self.filters,)}

    @property
    def weights(self) -> tuple[str, ...]:
        """W; not b."""
        return ("W",)

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """W drawn, b zero."""
        area = self.size * self.size
        W = initializer(rng, self.shapes["W"], self.channels * area, self.filters * area)
        return {"W": W, "b": np.zeros(self.filters)}

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """The weighted input z and the activation h."""
        patches = windows(pad(x, self.padding), self.size, self.stride)
        z = np.einsum("...cuvij,ocij->...ouv", patches, p["W"], optimize=True) + p["b"][:, None, None]
        return {"z": z, "h": self.activation.forward(z)}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The four equations above, in their order."""
        padded = pad(x, self.padding)
        patches = windows(padded, self.size, self.stride)
        delta = self.activation.backward(cache["z"], dh)
        db = delta.sum(axis=(0, 2, 3))
        dW = np.einsum("nouv,ncuvij->ocij", delta, patches, optimize=True)
        dpatches = np.einsum("nouv,ocij->ncuvij", delta, p["W"], optimize=True)
        dx = unpad(spread(dpatches, padded.shape, self.stride), self.padding)
        return {"delta": delta, "db": db, "dW": dW, "dx": dx}
