"""Inverted dropout: units are dropped in training and the others scaled up; evaluation needs no change.

    mask = 0 with probability rate, 1 / (1 - rate) otherwise        so its expectation is 1
    h = mask * x                                                    dx = mask * dh, the same mask

Source: Srivastava et al. 2014; inverted as in the CS231n notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.layers.layer import Layer


@dataclass(frozen=True, slots=True)
class Dropout(Layer):
    """The mask is drawn from the layer's own seed, so that every forward pass drops the same units.

    A loss with a new mask each time has no gradient to measure. For the next training step, take `reseeded`.

    Attributes:
        rate: the probability that a unit is dropped, from 0 up to, not including, 1.
        seed: of the mask.
    """

    rate: float
    seed: int = 0

    def reseeded(self, seed: int) -> Dropout:
        """The layer with another mask."""
        return replace(self, seed=seed)

    def evaluating(self) -> Dropout:
        """The layer as it is at evaluation: it drops nothing."""
        return replace(self, rate=0.0)

    def forward(self, p: Mapping[str, Array], x: Array) -> Arrays:
        """Mask and h; x without further axes in front, which `replay` takes."""
        del p
        kept = np.random.default_rng(self.seed).random(x.shape) >= self.rate
        mask = (kept / (1 - self.rate)).astype(x.dtype)
        return {"mask": mask, "h": mask * x}

    def backward(self, p: Mapping[str, Array], x: Array, cache: Arrays, dh: Array) -> Arrays:
        """Dx alone."""
        del p, x
        return {"dx": cache["mask"] * dh}

    def replay(self, p: Mapping[str, Array], x: Array, cache: Arrays) -> Array:
        """The earlier mask on another x."""
        del p
        return cache["mask"] * x
