"""What a loss is: a figure for each sample, its delta, and how the samples are put together."""

from __future__ import annotations

import abc
import enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.reference.arrays import Array


class Reduction(enum.StrEnum):
    """How the losses of N samples with K outputs become one figure."""

    MEAN = "mean"
    """Over samples: 1/N times the sum."""
    SUM = "sum"
    """The sum itself: the batch counts as often as it has samples."""
    ELEMENTS = "elements"
    """Over samples and outputs: 1/(N K) times the sum, as np.mean of an (N, K) array gives."""

    def scale(self, samples: int, outputs: int) -> float:
        """The factor in front of the sum over samples and outputs."""
        return {"mean": 1 / samples, "sum": 1.0, "elements": 1 / (samples * outputs)}[self.value]

    def __repr__(self) -> str:
        return repr(self.value)


class Loss(abc.ABC):
    """L(z, y) of outputs z (N, K) and targets y; z may have further axes in front, y may not.

    `per_sample` and `delta` are of one sample's own loss L_n, before the reduction; `value` and `gradient`
    are of the reduced loss.

    Attributes:
        reduction: one of "mean", "sum", "elements", see `Reduction`.
    """

    __slots__ = ()
    reduction: Reduction | str

    @abc.abstractmethod
    def encode(self, z: Array, y: NDArray[Any]) -> Array:
        """The targets as an array (N, K) of z's type, which every method takes in place of y."""

    @abc.abstractmethod
    def per_sample(self, z: Array, y: NDArray[Any]) -> Array:
        """L_n for each sample, shape (..., N)."""

    @abc.abstractmethod
    def delta(self, z: Array, y: NDArray[Any]) -> Array:
        """dL_n/dz_n for each sample, shape (..., N, K)."""

    def scale(self, z: Array) -> float:
        """The factor that the reduction puts in front of the sum of the per-sample losses."""
        return Reduction(self.reduction).scale(z.shape[-2], z.shape[-1])

    def value(self, z: Array, y: NDArray[Any]) -> float:
        """The reduced loss."""
        return self.scale(z) * float(self.per_sample(z, y).sum())

    def gradient(self, z: Array, y: NDArray[Any]) -> Array:
        """d(value)/dz, shape (N, K)."""
        gradient: Array = self.delta(z, y) * self.scale(z)
        return gradient


def real_targets(z: Array, y: NDArray[Any]) -> Array:
    """Targets as an (N, K) array of z's type, so that (N, 1) minus (N,) never becomes (N, N).

    Raises:
        InputError: y has neither z's shape (N, K), nor (N,) with K = 1.
    """
    samples, outputs = z.shape[-2:]
    if y.shape not in {(samples, outputs), (samples,) if outputs == 1 else (samples, outputs)}:
        message = f"expected targets of shape {(samples, outputs)}, one for each output, and got {y.shape}"
        raise InputError(message, hint="reshape the targets to the shape of the network's output")
    return y.reshape(samples, outputs).astype(z.dtype, copy=False)


def class_targets(z: Array, y: NDArray[Any]) -> Array:
    """Class targets, integers (N,) or rows of probabilities (N, K), as an (N, K) array of z's type.

    Raises:
        InputError: integers out of range, or a shape that is neither.
    """
    samples, classes = z.shape[-2:]
    if y.shape == (samples, classes):
        return y.astype(z.dtype, copy=False)
    if y.shape != (samples,) or y.dtype.kind not in "iu":
        message = f"expected {samples} integers or an array {(samples, classes)}, and got {y.dtype} {y.shape}"
        raise InputError(message, hint="integers of shape (N,), or one row of class probabilities a sample")
    if samples and not 0 <= y.min() <= y.max() < classes:
        message = f"expected integers from 0 to {classes - 1}, and got {y.min()} to {y.max()}"
        raise InputError(message, hint="number the classes from 0, one integer a sample")
    rows: Array = (y[:, None] == np.arange(classes)).astype(z.dtype)
    return rows
