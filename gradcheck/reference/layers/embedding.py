"""The embedding: a row of a table for each index; a dense layer on one-hot rows that are never written out.

    h[n] = W[x[n]]            dW[v] = sum of dh[n] over all n with x[n] = v

An index that occurs twice gets both gradients: np.add.at adds them up, where dW[x] += dh would keep only the
last.

Source: Bengio et al. 2003, A neural probabilistic language model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer
from gradcheck.reference.layers.layer import Layer


@dataclass(frozen=True, slots=True)
class Embedding(Layer):
    """x, integers (N,) or (N, T), gives h (N, dimension) or (N, T, dimension); W (vocabulary, dimension).

    Example:
        >>> layer = Embedding(3, 1)
        >>> x = np.array([2, 2])
        >>> layer.backward({}, x, {}, np.array([[1.0], [10.0]]))["dW"].tolist()
        [[0.0], [0.0], [11.0]]
    """

    vocabulary: int
    dimension: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """W (vocabulary, dimension)."""
        return {"W": (self.vocabulary, self.dimension)}

    @property
    def weights(self) -> tuple[str, ...]:
        """W."""
        return ("W",)

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """W drawn; one row is looked up at a time, so the fan-in is 1."""
        return {"W": initializer(rng, self.shapes["W"], 1, self.dimension)}

    def forward(self, p: Mapping[str, Array], x: NDArray[Any]) -> Arrays:
        """H alone.

        Raises:
            InputError: x does not hold integers from 0 to vocabulary - 1.
        """
        if not np.issubdtype(x.dtype, np.integer) or (
            x.size and not 0 <= x.min() <= x.max() < self.vocabulary
        ):
            message = f"expected integers from 0 to {self.vocabulary - 1}, and got {x.dtype}"
            raise InputError(message, hint="an embedding takes indices; it must be the first layer")
        return {"h": p["W"][x]}

    def backward(self, p: Mapping[str, Array], x: NDArray[Any], cache: Arrays, dh: Array) -> Arrays:
        """dW, and a dx of zeros, for an index has no gradient."""
        del p, cache
        dW = np.zeros(self.shapes["W"], dtype=dh.dtype)
        np.add.at(dW, x, dh)
        return {"dW": dW, "dx": np.zeros(x.shape, dtype=dh.dtype)}
