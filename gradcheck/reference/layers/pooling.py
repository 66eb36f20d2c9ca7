"""Pooling: the largest or the mean of each window.

    max       h = max over the window          dx: dh at the place of the (first) maximum, 0 elsewhere
    average   h = mean over the window         dx: dh / size^2 at every place of the window

Source: Goodfellow, Bengio and Courville, Deep Learning, section 9.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.layers.layer import Layer
from gradcheck.reference.layers.windows import spread, windows


@dataclass(frozen=True, slots=True)
class MaxPool2d(Layer):
    """x (N, C, H, W) gives h (N, C, H', W').

    Where a maximum is attained twice there is a kink, and the first wins.

    Attributes:
        size: height and width of the window.
        stride: from window to window; its size where 0.

    Example:
        >>> layer = MaxPool2d(2)
        >>> x = np.array([[[[1.0, 5.0], [3.0, 2.0]]]])
        >>> layer.backward({}, x, layer.forward({}, x), np.array([[[[7.0]]]]))["dx"].tolist()
        [[[[0.0, 7.0], [0.0, 0.0]]]]
    """

    size: int
    stride: int = 0

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """Argmax, the place of each maximum in its window, and h."""
        del p
        flat = _flat_windows(x, self.size, self.stride)
        return {"argmax": flat.argmax(axis=-1), "h": flat.max(axis=-1)}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """Each dh goes where its maximum came from."""
        del p
        routed = np.arange(self.size * self.size) == cache["argmax"][..., None]
        dwindows = (routed * dh[..., None]).reshape(*dh.shape, self.size, self.size)
        return {"dx": spread(dwindows, x.shape, self.stride or self.size)}


@dataclass(frozen=True, slots=True)
class AveragePool2d(Layer):
    """x (N, C, H, W) gives h (N, C, H', W').

    Attributes:
        size: height and width of the window.
        stride: from window to window; its size where 0.
    """

    size: int
    stride: int = 0

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """H alone."""
        del p
        return {"h": _flat_windows(x, self.size, self.stride).mean(axis=-1)}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """Each dh is shared out evenly."""
        del p, cache
        share = dh / (self.size * self.size)
        dwindows = np.broadcast_to(share[..., None, None], (*dh.shape, self.size, self.size))
        return {"dx": spread(dwindows, x.shape, self.stride or self.size)}


def _flat_windows(x: Array, size: int, stride: int) -> Array:
    view = windows(x, size, stride or size)
    return view.reshape(*view.shape[:-2], size * size)
