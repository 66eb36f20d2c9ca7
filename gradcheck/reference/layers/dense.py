"""The dense layer: Nielsen's equations BP1 to BP4, once with samples as rows and once as columns.

With z the weighted input, h = f(z) the activation and delta = dL/dz, for layers l = 1 ... L:

    BP1   delta^L = dL/dh^L * f'(z^L)                        at the output
    BP2   delta^l = (W^{l+1} delta^{l+1}) * f'(z^l)          below it
    BP3   dL/db^l = delta^l                                  summed over the samples
    BP4   dL/dW^l = h^{l-1} delta^l                          outer product, summed over the samples

Source: Nielsen, Neural Networks and Deep Learning, ch. 2,
http://neuralnetworksanddeeplearning.com/chap2.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gradcheck.reference.activations import Activation, Identity
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer


@dataclass(frozen=True, slots=True)
class Dense(Layer):
    """h = f(x W + b), samples as rows.

    Shapes: x (N, inputs), W (inputs, outputs), b (outputs,), z, h and delta (N, outputs).

    Example:
        >>> layer = Dense(2, 1)
        >>> p = {"W": np.array([[1.0], [2.0]]), "b": np.array([0.5])}
        >>> layer.forward(p, np.array([[3.0, 4.0]]))["h"]
        array([[11.5]])
    """

    inputs: int
    outputs: int
    activation: Activation = field(default_factory=Identity)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """W (inputs, outputs) and b (outputs,)."""
        return {"W": (self.inputs, self.outputs), "b": (self.outputs,)}

    @property
    def weights(self) -> tuple[str, ...]:
        """W; not b."""
        return ("W",)

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """W drawn, b zero."""
        W = initializer(rng, (self.inputs, self.outputs), self.inputs, self.outputs)
        return {"W": W, "b": np.zeros(self.outputs)}

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """The weighted input z and the activation h."""
        z = x @ p["W"] + p["b"]
        h = self.activation.forward(z)
        return {"z": z, "h": h}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """BP1 to BP4, as far as they are this layer's."""
        delta = self.activation.backward(cache["z"], dh)  # BP1, and the right half of BP2
        db = delta.sum(axis=0)  # BP3
        dW = x.T @ delta  # BP4
        dx = delta @ p["W"].T  # the left half of BP2, for the layer below
        return {"delta": delta, "db": db, "dW": dW, "dx": dx}


@dataclass(frozen=True, slots=True)
class DenseColumns(Layer):
    """h = f(W x + b), samples as columns: the same four equations as Nielsen writes them.

    Shapes: x (inputs, N), W (outputs, inputs), b (outputs, 1), z, h and delta (outputs, N). The activation
    must be elementwise, or work on classes that lie along the last axis of z transposed.

    Example:
        >>> layer = DenseColumns(2, 1)
        >>> p = {"W": np.array([[1.0, 2.0]]), "b": np.array([[0.5]])}
        >>> layer.forward(p, np.array([[3.0], [4.0]]))["h"]
        array([[11.5]])
    """

    inputs: int
    outputs: int
    activation: Activation = field(default_factory=Identity)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """W (outputs, inputs) and b (outputs, 1)."""
        return {"W": (self.outputs, self.inputs), "b": (self.outputs, 1)}

    @property
    def weights(self) -> tuple[str, ...]:
        """W; not b."""
        return ("W",)

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """W drawn, b zero."""
        # Drawn as the row layout draws it, so that one seed gives the same network in both layouts.
        rows = initializer(rng, (self.inputs, self.outputs), self.inputs, self.outputs)
        return {"W": rows.T.copy(), "b": np.zeros((self.outputs, 1))}

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """The weighted input z and the activation h."""
        z = p["W"] @ x + p["b"]
        h = self.activation.forward(z.swapaxes(-1, -2)).swapaxes(-1, -2)
        return {"z": z, "h": h}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """BP1 to BP4, as far as they are this layer's."""
        delta = self.activation.backward(cache["z"].T, dh.T).T  # BP1, and the right half of BP2
        db = delta.sum(axis=1, keepdims=True)  # BP3
        dW = delta @ x.T  # BP4
        dx = p["W"].T @ delta  # the left half of BP2, for the layer below
        return {"delta": delta, "db": db, "dW": dW, "dx": dx}
