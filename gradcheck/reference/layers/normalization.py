"""Batch norm and layer norm: subtract a mean, divide by a standard deviation, then scale and shift.

With m numbers x_i normalised together (a feature over the batch, or a sample over its features):

    mean = 1/m sum x_i        var = 1/m sum (x_i - mean)^2        std = sqrt(var + epsilon)
    xhat = (x - mean) / std   h = gamma xhat + beta

    dbeta = sum dh            dgamma = sum dh xhat                 summed over whatever shares that gamma
    dxhat = gamma dh
    dx = (dxhat - mean(dxhat) - xhat mean(dxhat xhat)) / std       means over the m numbers

The two subtracted terms are the paths through mean and var; they make dx sum to zero over the m numbers.

Sources: Ioffe and Szegedy 2015, section 3 (batch norm); Ba, Kiros and Hinton 2016 (layer norm).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.reference.arrays import Array, Arrays, as_code
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer


@dataclass(frozen=True, slots=True, eq=False)
class RunningStatistics:
    """Means and variances that batch norm uses at evaluation instead of the batch's own.

    Attributes:
        mean: (features,).
        variance: (features,).
    """

    mean: Array
    variance: Array

    def updated(self, cache: Mapping[str, Array], samples: int, momentum: float = 0.1) -> RunningStatistics:
        """A step of momentum towards the batch's statistics, with the unbiased variance, as PyTorch does.

        Args:
            cache: what `BatchNorm.forward` returned for the batch.
            samples: how many numbers each mean was taken of.
            momentum: weight of the new statistics.
        """
        unbiased = cache["var"].ravel() * (samples / (samples - 1))
        return RunningStatistics(
            (1 - momentum) * self.mean + momentum * cache["mean"].ravel(),
            (1 - momentum) * self.variance + momentum * unbiased,
        )

    def __repr__(self) -> str:
        return f"RunningStatistics(mean={as_code(self.mean)}, variance={as_code(self.variance)})"


@dataclass(frozen=True, slots=True)
class BatchNorm(Layer):
    """Each feature over the batch: x (N, features), or (N, features, H, W) where `spatial`.

    Parameters: gamma and beta, (features,).

    Attributes:
        features: how many.
        epsilon: added to the variance.
        spatial: whether x are images, whose places are normalised together.
        statistics: None to train, with the batch's mean and variance; at evaluation, the running ones.

    Example:
        >>> p = {"gamma": np.ones(1), "beta": np.zeros(1)}
        >>> BatchNorm(1, epsilon=0.0).forward(p, np.array([[1.0], [3.0]]))["h"].tolist()
        [[-1.0], [1.0]]
    """

    features: int
    epsilon: float = 1e-5
    spatial: bool = False
    statistics: RunningStatistics | None = None

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Gamma and beta, (features,)."""
        return {"gamma": (self.features,), "beta": (self.features,)}

    @property
    def mixes_samples(self) -> bool:
        """Yes in training, no at evaluation."""
        return self.statistics is None

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """Gamma one, beta zero."""
        del rng, initializer
        return {"gamma": np.ones(self.features), "beta": np.zeros(self.features)}

    def evaluating(self, statistics: RunningStatistics) -> BatchNorm:
        """The layer as it is at evaluation."""
        return replace(self, statistics=statistics)

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """mean, var, xhat and h."""
        if self.statistics is None:
            mean, var = x.mean(axis=self._axes, keepdims=True), x.var(axis=self._axes, keepdims=True)
        else:
            mean, var = (
                self._along_features(self.statistics.mean),
                self._along_features(self.statistics.variance),
            )
        cache = _normalised(x, mean, var, self.epsilon)
        gamma, beta = self._along_features(p["gamma"]), self._along_features(p["beta"])
        return cache | {"h": gamma * cache["xhat"] + beta}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The equations above; at evaluation mean and var are constants, so dx = dxhat / std."""
        del x
        axes = (0, 2, 3) if self.spatial else (0,)
        dxhat = self._along_features(p["gamma"]) * dh
        std = np.sqrt(cache["var"] + self.epsilon)
        through_statistics = _paths(dxhat, cache["xhat"], self._axes) if self.statistics is None else 0.0
        return {
            "dbeta": dh.sum(axis=axes),
            "dgamma": (dh * cache["xhat"]).sum(axis=axes),
            "dxhat": dxhat,
            "dx": (dxhat - through_statistics) / std,
        }

    @property
    def _axes(self) -> tuple[int, ...]:
        # Counted from the end, so that copies may stand in front.
        return (-4, -2, -1) if self.spatial else (-2,)

    def _along_features(self, a: Array) -> Array:
        return a[:, None, None] if self.spatial else a


@dataclass(frozen=True, slots=True)
class LayerNorm(Layer):
    """Each sample over its features, the last axis of x (N, ..., features); gamma and beta (features,).

    Attributes:
        features: how many.
        epsilon: added to the variance.
    """

    features: int
    epsilon: float = 1e-5

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Gamma and beta, (features,)."""
        return {"gamma": (self.features,), "beta": (self.features,)}

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """Gamma one, beta zero."""
        del rng, initializer
        return {"gamma": np.ones(self.features), "beta": np.zeros(self.features)}

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """mean, var, xhat and h."""
        mean, var = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
        cache = _normalised(x, mean, var, self.epsilon)
        return cache | {"h": p["gamma"] * cache["xhat"] + p["beta"]}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The equations above."""
        others = tuple(range(x.ndim - 1))
        dxhat = p["gamma"] * dh
        std = np.sqrt(cache["var"] + self.epsilon)
        return {
            "dbeta": dh.sum(axis=others),
            "dgamma": (dh * cache["xhat"]).sum(axis=others),
            "dxhat": dxhat,
            "dx": (dxhat - _paths(dxhat, cache["xhat"], (-1,))) / std,
        }


def _normalised(x: Array, mean: Array, var: Array, epsilon: float) -> Arrays:
    return {"mean": mean, "var": var, "xhat": (x - mean) / np.sqrt(var + epsilon)}


def _paths(dxhat: Array, xhat: Array, axes: tuple[int, ...]) -> Array:
    """What reaches x through the mean, and through the variance."""
    through_mean = dxhat.mean(axis=axes, keepdims=True)
    through_variance = xhat * (dxhat * xhat).mean(axis=axes, keepdims=True)
    paths: Array = through_mean + through_variance
    return paths
