"""Layers whose z is linear in their parameters: dL/dz gives their gradient without another evaluation.

For z = x W + b, a measured dL/dz gives dL/dW = x^T dL/dz exactly, so a sample's dL/dz, measured once for each
of its entries, replaces one evaluation for each parameter. It is written here again, apart from the layers'
backward passes, for it is what those are compared with.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.activations import Activation, Identity
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.layers import Conv2d, Dense, DenseColumns, Embedding, Layer
from gradcheck.reference.layers.windows import pad, windows


def activation_after(layer: Layer) -> Activation | None:
    """The f of h = f(z) where z is linear in the layer's parameters; None for any other layer."""
    for kind in (Dense, DenseColumns, Conv2d, Embedding):
        if isinstance(layer, kind) and type(layer).forward is kind.forward:
            return Identity() if isinstance(layer, Embedding) else layer.activation
    return None


def parameter_gradient(layer: Layer, x: NDArray[Any], dz: Array) -> Arrays:
    """dL/dparameters from dL/dz, of z's shape, at the input x.

    With |x| for x and a bar of dL/dz for dz, this gives a bar.
    """
    if isinstance(layer, Dense):
        return {"W": x.T @ dz, "b": dz.sum(axis=0)}
    if isinstance(layer, DenseColumns):
        return {"W": dz @ x.T, "b": dz.sum(axis=1, keepdims=True)}
    if isinstance(layer, Conv2d):
        patches = windows(pad(x, layer.padding), layer.size, layer.stride)
        return {"W": np.tensordot(dz, patches, axes=([0, 2, 3], [0, 2, 3])), "b": dz.sum(axis=(0, 2, 3))}
    assert isinstance(layer, Embedding)
    rows, flat = dz.reshape(-1, layer.dimension), x.ravel()
    return {"W": np.stack([rows[flat == v].sum(axis=0) for v in range(layer.vocabulary)])}
