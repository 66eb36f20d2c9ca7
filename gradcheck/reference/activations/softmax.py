"""Softmax and log-softmax over the last axis: the activations whose outputs depend on all of z.

Source: Goodfellow, Bengio and Courville, Deep Learning, sections 4.1 and 6.2.2.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcheck.reference.activations.activation import Activation
from gradcheck.reference.arrays import Array


@dataclass(frozen=True, slots=True)
class Softmax(Activation):
    """Probabilities from logits.

    Example:
        >>> Softmax().forward(np.array([1000.0, 1000.0])).tolist()
        [0.5, 0.5]
    """

    def forward(self, z: Array) -> Array:
        """p_k = e^{z_k} / sum_j e^{z_j}, the largest z taken off first so that nothing overflows."""
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        p: Array = e / e.sum(axis=-1, keepdims=True)
        return p

    def backward(self, z: Array, dh: Array) -> Array:
        """The Jacobian is diag(p) - p p^T, so dz_k = p_k (dh_k - sum_j p_j dh_j)."""
        p = self.forward(z)
        dz: Array = p * (dh - (p * dh).sum(axis=-1, keepdims=True))
        return dz


@dataclass(frozen=True, slots=True)
class LogSoftmax(Activation):
    """Log-probabilities from logits."""

    def forward(self, z: Array) -> Array:
        """Log p_k = z_k - log sum_j e^{z_j}."""
        shifted = z - z.max(axis=-1, keepdims=True)
        log_p: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        return log_p

    def backward(self, z: Array, dh: Array) -> Array:
        """The Jacobian is I - 1 p^T, so dz_k = dh_k - p_k sum_j dh_j."""
        dz: Array = dh - np.exp(self.forward(z)) * dh.sum(axis=-1, keepdims=True)
        return dz
