"""Scaled dot-product attention, bare and with several heads.

For one head, with queries q, keys k and values v, (T, d) each:

    s = q k^T / sqrt(d)        causal: s[t, u] = -inf for u > t, no step sees a later one
    a = softmax(s)             over the last axis: how much step t attends to step u
    h = a v

    dv = a^T dh                da = dh v^T
    ds = a (da - sum_u a da)   the softmax's pullback; 0 where a = 0, so the causal mask needs no more
    dq = ds k / sqrt(d)        dk = ds^T q / sqrt(d)

Source: Vaswani et al. 2017, Attention is all you need, sections 3.2.1 and 3.2.2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.activations import Softmax
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer
from gradcheck.reference.layers.recurrent import over_time


def attend(q: Array, k: Array, v: Array, *, causal: bool) -> Arrays:
    """The forward pass for q, k, v (..., T, d): the weights a (..., T, T) and h (..., T, d)."""
    s = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    if causal:
        s = np.where(np.tri(s.shape[-1], dtype=bool), s, -np.inf)
    a = Softmax().forward(s)
    return {"s": s, "a": a, "h": a @ v}


def attend_backward(q: Array, k: Array, v: Array, a: Array, dh: Array) -> Arrays:
    """The pullback: da, ds, dq, dk and dv."""
    dv = a.swapaxes(-1, -2) @ dh
    da = dh @ v.swapaxes(-1, -2)
    ds = a * (da - (a * da).sum(axis=-1, keepdims=True))
    scale = 1 / math.sqrt(q.shape[-1])
    return {"da": da, "ds": ds, "dq": ds @ k * scale, "dk": ds.swapaxes(-1, -2) @ q * scale, "dv": dv}


@dataclass(frozen=True, slots=True)
class ScaledDotProductAttention(Layer):
    """One head without parameters: x (N, T, 3 d) holds queries, keys and values side by side; h is (N, T, d).

    Attributes:
        causal: whether a step is kept from seeing later ones.
    """

    causal: bool = False

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """The scores s, the attention a and h."""
        del p
        q, k, v = np.split(x, 3, axis=-1)
        return attend(q, k, v, causal=self.causal)

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The equations above; dx holds dq, dk and dv side by side."""
        del p
        q, k, v = np.split(x, 3, axis=-1)
        pulled = attend_backward(q, k, v, cache["a"], dh)
        return pulled | {"dx": np.concatenate([pulled["dq"], pulled["dk"], pulled["dv"]], axis=-1)}


@dataclass(frozen=True, slots=True)
class MultiHeadAttention(Layer):
    """Self-attention: x (N, T, dimension) gives h (N, T, dimension).

    Queries, keys and values are q = x Wq + bq and so on, split into heads of dimension / heads each; what the
    heads give stands side by side in `context` (N, T, dimension), and h = context Wo + bo.

    Attributes:
        dimension: of x and h; a multiple of `heads`.
        heads: how many.
        causal: whether a step is kept from seeing later ones.
    """

    dimension: int
    heads: int
    causal: bool = False

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Wq, Wk, Wv, Wo (dimension, dimension) and bq, bk, bv, bo (dimension,)."""
        square = {"W" + which: (self.dimension, self.dimension) for which in "qkvo"}
        return {**square, **{"b" + which: (self.dimension,) for which in "qkvo"}}

    @property
    def weights(self) -> tuple[str, ...]:
        """The four matrices."""
        return ("Wq", "Wk", "Wv", "Wo")

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """Matrices drawn, biases zero."""
        return {
            name: initializer(rng, shape, *shape) if name in self.weights else np.zeros(shape)
            for name, shape in self.shapes.items()
        }

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """q, k, v (N, T, dimension), s and a (N, heads, T, T), context and h."""
        q, k, v = (x @ p["W" + which] + p["b" + which] for which in "qkv")
        inner = attend(self._split(q), self._split(k), self._split(v), causal=self.causal)
        context = self._join(inner["h"])
        h = context @ p["Wo"] + p["bo"]
        return {"q": q, "k": k, "v": v, "s": inner["s"], "a": inner["a"], "context": context, "h": h}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """From the output matrix back through the heads to the three input matrices."""
        q, k, v = (self._split(cache[which]) for which in "qkv")
        dcontext = dh @ p["Wo"].T
        inner = attend_backward(q, k, v, cache["a"], self._split(dcontext))
        pulled: Arrays = {
            "dWo": over_time(cache["context"], dh),
            "dbo": dh.sum(axis=(0, 1)),
            "dcontext": dcontext,
        }
        dx = np.zeros_like(x)
        for which in "qkv":
            delta = self._join(inner["d" + which])
            pulled["d" + which] = delta
            pulled["dW" + which] = over_time(x, delta)
            pulled["db" + which] = delta.sum(axis=(0, 1))
            dx += delta @ p["W" + which].T  # x is used three times, so three terms add up
        return pulled | {"da": inner["da"], "ds": inner["ds"], "dx": dx}

    def _split(self, a: Array) -> Array:
        """(..., T, dimension) as (..., heads, T, dimension / heads)."""
        return a.reshape(*a.shape[:-1], self.heads, -1).swapaxes(-2, -3)

    def _join(self, a: Array) -> Array:
        """The inverse of `_split`."""
        swapped = a.swapaxes(-2, -3)
        return swapped.reshape(*swapped.shape[:-2], -1)
