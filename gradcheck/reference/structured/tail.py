"""The rest of a network after one of its layers, for many perturbed copies in one pass.

A copy differs from the cached forward pass in one unit of one dense layer, so the next dense layer's input
changes by rank one: z' = z + (h'_j - h_j) W[j, :]. Above that everything is evaluated in full. Features lie
along the first axis in memory, so that each step is one long loop over copies and samples, whatever the
number of features.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.reference.activations import Activation, Elementwise, Identity
from gradcheck.reference.arrays import Array, Arrays
from gradcheck.reference.batch import Batch, Layout
from gradcheck.reference.layers import Dense, DenseColumns, Layer
from gradcheck.reference.structured import logistic

if TYPE_CHECKING:
    from gradcheck.reference.network import Network


@dataclass(frozen=True, slots=True)
class DenseStep:
    """A dense layer of either layout, features first.

    Attributes:
        W: (outputs, inputs).
        b: (outputs, 1).
        activation: f.
        z: the cached weighted input, (outputs, N).
        h: the cached activation, (outputs, N).
    """

    W: Array
    b: Array
    activation: Activation
    z: Array
    h: Array

    @classmethod
    def of(cls, layer: Layer, p: Arrays, cache: Arrays) -> DenseStep | None:
        """The layer as a step, or None if its forward pass is not that of `Dense` or `DenseColumns`."""
        if isinstance(layer, Dense) and type(layer).forward is Dense.forward:
            W, z, h = (np.ascontiguousarray(a.T) for a in (p["W"], cache["z"], cache["h"]))
            return cls(W, p["b"][:, None], layer.activation, z, h)
        if isinstance(layer, DenseColumns) and type(layer).forward is DenseColumns.forward:
            return cls(p["W"], p["b"], layer.activation, cache["z"], cache["h"])
        return None

    def weigh(self, h: Array) -> Array:
        """The weighted input W h + b, for h (inputs, copies ..., N)."""
        z = self.W @ h.reshape(h.shape[0], -1)
        z += self.b
        return z.reshape(-1, *h.shape[1:])

    def change(self, units: slice, shift: Array) -> Array:
        """How f(z) of J units changes when z is shifted: (J, C, N), or (1, C, N) if the same for all J."""
        if isinstance(self.activation, Identity):
            return shift
        changed = self.activation.forward(self.z[units, None, :] + shift)
        changed -= self.h[units, None, :]
        return changed

    def activate(self, z: Array) -> Array:
        """The activation f(z), for z (outputs, copies ..., N), which it may overwrite."""
        if isinstance(self.activation, Identity):
            return z
        if isinstance(self.activation, Elementwise):
            return self.activation.forward(z)
        return np.moveaxis(self.activation.forward(np.moveaxis(z, 0, -1)), -1, 0)


_LONG, _SHORT = 1e-3, 1e-9
"""Relative steps: one at which rounding does not show, one at which curvature does not."""


class Tail:
    """Per-sample losses of perturbed copies, given a network, a batch and its cached forward pass.

    Layers are counted from 0 here, as Python does.

    Attributes:
        network: the network.
        columns: whether samples are columns.
        parameters: of each layer, under the layer's own names.
        caches: what each layer's forward pass gave, under the layer's own names.
        steps: each layer as a `DenseStep`, or None.
        scale: the factor before the sum of the per-sample losses.
        samples: how many, N.
    """

    def __init__(self, network: Network, batch: Batch) -> None:
        self.network = network
        self.columns = Layout(network.layout) is Layout.COLUMNS
        self.parameters = network.chain.split(network.parameters)
        self.caches = network.chain.passes(self.parameters, batch.x)
        layers = zip(network.layers, self.parameters, self.caches, strict=True)
        self.steps = [DenseStep.of(layer, p, cache) for layer, p, cache in layers]
        self._x = batch.x
        rows = self._rows(self.caches[-1]["h"])
        self.scale = network.loss.scale(rows)
        # Features first, like the copies: otherwise every pass would walk the two in different orders.
        self._targets = np.asfortranarray(network.loss.encode(rows, batch.targets))
        self.samples = batch.size

    @functools.cached_property
    def base(self) -> Array:
        """The per-sample losses without a perturbation, (N,)."""
        return self.network.loss.per_sample(self._rows(self.caches[-1]["h"]), self._targets)

    def input_of(self, layer: int) -> Array:
        """The input of a layer: the batch's, or the output of the layer below."""
        x: Array = self.caches[layer - 1]["h"] if layer else self._x
        return x

    def weighted_input(self, layer: int) -> Array:
        """The z of a layer, or its output where it has no activation."""
        cache = self.caches[layer]
        return cache.get("z", cache["h"])

    @functools.cached_property
    def rounding(self) -> Array:
        """How far each of the per-sample losses may be off, (N,), measured in a few random directions.

        The output is off by eps times its size, and the loss by what that moves it: its change at a long
        step, scaled down. The loss is off by its own rounding besides, which is what its change at a step too
        short for curvature is away from linear. That shows nothing where the loss is a staircase, as log(1 + e)
        is for e near eps, so a loss below 1 counts as 1.
        """
        output = self._rows(self.caches[-1]["h"])
        size = np.maximum(1, np.abs(output).max(axis=-1, keepdims=True))
        directions = size * np.random.default_rng(0).uniform(-1, 1, size=(8, *output.shape))
        at = np.stack([_LONG * directions, _SHORT * directions, -_SHORT * directions])
        moved = self.network.loss.per_sample(output + at, self._targets) - self.base
        eps = np.finfo(np.float64).eps
        sensitivity = 2 * np.abs(moved[0]).max(axis=0) / _LONG
        own = np.abs(moved[1] + moved[2]).max(axis=0)
        bound: Array = eps * (np.maximum(1, np.abs(self.base)) + sensitivity) + own
        return bound

    def width(self, layer: int) -> int:
        """The largest number of entries that any array of one copy has, above `layer`."""
        sizes = [array.size for cache in self.caches[layer:] for array in cache.values()]
        return max(sizes, default=1)

    def after_shift(self, layer: int, units: slice, shift: Array) -> Array:
        """The losses when z of some units of a dense layer is shifted, one unit in each copy.

        Args:
            layer: number of the dense layer, counted from 0.
            units: which J of its units.
            shift: (J, C, N), or (1, C, N) for the same shifts in each unit.

        Returns:
            (J, C, N) losses.
        """
        step = self.steps[layer]
        assert step is not None
        if not isinstance(step.activation, Elementwise):
            h = step.activate(self._moved(step.z, units, shift))
            return self.after_output(layer, self._layouted(h))
        moved = step.change(units, shift)
        above = self.steps[layer + 1] if layer + 1 < len(self.steps) else None
        if above is None:
            return self.after_output(layer, self._layouted(self._moved(step.h, units, moved)))
        further = self.steps[layer + 2] if layer + 2 < len(self.steps) else None
        if further is not None and units.stop - units.start == 1:
            z = logistic.weighted(above.activation, above.z, above.W[:, units.start], moved[0], further.W)
            if z is not None:
                return self._climb(layer + 2, further.activate(z[:, None] + further.b[:, :, None, None]))
        z = above.W[:, units, None, None] * moved
        z += above.z[:, None, None, :]
        return self._climb(layer + 1, above.activate(z))

    def after_output(self, layer: int, h: Array) -> Array:
        """The losses when a layer's output is replaced by copies h (copies ..., its own shape)."""
        for above in range(layer + 1, len(self.steps)):
            h = self.network.layers[above].replay(self.parameters[above], h, self.caches[above])
        return self.network.loss.per_sample(self._rows(h), self._targets)

    def _climb(self, layer: int, h: Array) -> Array:
        """The losses from the output h of a dense layer, features first, (outputs, copies ..., N)."""
        while layer + 1 < len(self.steps) and (above := self.steps[layer + 1]) is not None:
            h = above.activate(above.weigh(h))
            layer += 1
        return self.after_output(layer, self._layouted(h))

    def _moved(self, base: Array, units: slice, by: Array) -> Array:
        """Copies of base (outputs, N), one of the units moved in each: (outputs, J, C, N)."""
        copies: Array = np.eye(len(base))[:, units, None, None] * by
        copies += base[:, None, None, :]
        return copies

    def _rows(self, h: Array) -> Array:
        """The output with samples as rows, as a loss wants it."""
        return h.swapaxes(-1, -2) if self.columns else h

    def _layouted(self, h: Array) -> Array:
        """(outputs, copies ..., N) as the network lays it out: (copies ..., N, outputs) for rows."""
        copies = range(1, h.ndim - 1)
        return h.transpose(*copies, 0, h.ndim - 1) if self.columns else h.transpose(*copies, h.ndim - 1, 0)
