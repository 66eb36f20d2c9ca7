"""What a layer is: forward beside backward, parameters outside, every intermediate by name."""

from __future__ import annotations

import abc
from collections.abc import Mapping

import numpy as np

from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.initializers import Initializer


class Layer(abc.ABC):
    """One step of a network: a pure function of its parameters and its input.

    A layer holds its sizes and choices; its parameters come as a mapping, so that a numerical gradient can
    perturb them without touching the layer. Samples are rows: x is (N, ...) unless the layer says otherwise,
    and `forward` takes any number of further axes in front of N, one for each set of perturbed copies.

    """

    __slots__ = ()

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the parameters, by name; empty for a layer that has none."""
        return {}

    @property
    def weights(self) -> tuple[str, ...]:
        """Names of the parameters that a weight penalty counts: no biases, no gains."""
        return ()

    @property
    def mixes_samples(self) -> bool:
        """Whether row n of the output depends on other rows of the input, as in batch norm."""
        return False

    def initial(self, rng: np.random.Generator, initializer: Initializer) -> Arrays:
        """Start values of the parameters, by name; `initializer` draws the weights."""
        del rng, initializer
        return {}

    @abc.abstractmethod
    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """The output under the name "h", and the intermediates in the order they are computed."""

    @abc.abstractmethod
    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """The pullback of dh = dL/dh: "dx", a "d" + name for each parameter, and the deltas in between.

        Args:
            p: the parameters, as they were in the forward pass.
            x: the input of the forward pass, samples as rows, without further axes.
            cache: what `forward` returned.
            dh: gradient of the loss with respect to cache["h"].
        """

    def replay(self, p: Mapping[str, Array], x: Array, cache: Arrays) -> Array:
        """The output for another x, with the random choices of an earlier pass.

        Args:
            p: the parameters.
            x: of the earlier input's shape, with any number of axes in front.
            cache: what `forward` returned in the earlier pass.
        """
        del cache
        return self.forward(p, x)["h"]
