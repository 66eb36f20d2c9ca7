"""Cross-entropy from logits: softmax for one class of K, sigmoid for yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.activations import sigmoid
from gradcheck.reference.arrays import Array
from gradcheck.reference.losses.loss import Loss, Reduction, class_targets, real_targets


@dataclass(frozen=True, slots=True)
class SoftmaxCrossEntropy(Loss):
    """L_n = -sum_k t_k log p_k with p = softmax(z), from logits.

    Since log p_k = z_k - logsumexp(z), and the targets t of a sample sum to s (1 for one-hot and smoothed
    ones),

        L_n = s logsumexp(z) - t . z          delta = s p - t, which is p - t for ordinary targets

    With label smoothing e, t = (1 - e) onehot(y) + e / K (Szegedy et al. 2016, section 7).
    Source: Bishop, Pattern Recognition and Machine Learning, equations 4.108 and 4.109.

    Attributes:
        reduction: see `Reduction`.
        smoothing: e, from 0 to 1.

    Example:
        >>> SoftmaxCrossEntropy().per_sample(np.zeros((1, 3)), np.array([2])) == np.log(3)
        array([ True])
        >>> SoftmaxCrossEntropy().delta(np.zeros((1, 2)), np.array([1]))
        array([[ 0.5, -0.5]])
    """

    reduction: Reduction | str = Reduction.MEAN
    smoothing: float = 0.0

    def encode(self, z: Array, y: NDArray[Any]) -> Array:
        """Integers as one-hot rows; rows as they are."""
        return class_targets(z, y)

    def per_sample(self, z: Array, y: NDArray[Any]) -> Array:
        """L_n = s logsumexp(z) - t . z."""
        t = self._smoothed(z, y)
        top = z.max(axis=-1, keepdims=True)  # the largest exponent becomes e^0: nothing overflows
        shifted = z - top
        right = np.einsum("...k,...k->...", t, shifted)
        loss: Array = np.log(np.exp(shifted, out=shifted).sum(axis=-1))
        loss *= t.sum(axis=-1)
        loss -= right
        return loss

    def delta(self, z: Array, y: NDArray[Any]) -> Array:
        """Delta = s p - t."""
        t = self._smoothed(z, y)
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        p = e / e.sum(axis=-1, keepdims=True)
        delta: Array = p * t.sum(axis=-1, keepdims=True) - t
        return delta

    def _smoothed(self, z: Array, y: NDArray[Any]) -> Array:
        t = self.encode(z, y)
        return (1 - self.smoothing) * t + self.smoothing / z.shape[-1] if self.smoothing else t


@dataclass(frozen=True, slots=True)
class BinaryCrossEntropy(Loss):
    """L_n = -sum_k [y_k log p_k + (1 - y_k) log(1 - p_k)] with p = sigmoid(z), from logits.

        L_n = sum_k softplus(z_k) - y_k z_k = sum_k max(z_k, 0) - y_k z_k + log(1 + e^-|z_k|)
        delta = p - y

    Source: Bishop, Pattern Recognition and Machine Learning, equations 4.90 and 4.91.

    Attributes:
        reduction: see `Reduction`.

    Example:
        >>> BinaryCrossEntropy().value(np.array([[800.0], [-800.0]]), np.array([1, 0]))
        0.0
    """

    reduction: Reduction | str = Reduction.MEAN

    def encode(self, z: Array, y: NDArray[Any]) -> Array:
        """Real targets, (N, K)."""
        return real_targets(z, y)

    def per_sample(self, z: Array, y: NDArray[Any]) -> Array:
        """L_n = sum_k softplus(z_k) - y_k z_k."""
        softplus = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
        loss: Array = (softplus - self.encode(z, y) * z).sum(axis=-1)
        return loss

    def delta(self, z: Array, y: NDArray[Any]) -> Array:
        """Delta = p - y."""
        delta: Array = sigmoid(z) - self.encode(z, y)
        return delta
