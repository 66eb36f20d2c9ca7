"""A network: a chain of layers, a loss on its output, a penalty on its weights.

The gradient of the total loss, in the order it is computed: the loss gives dL/dh at the output, the chain
carries it down through the layers (Nielsen's BP1 to BP4, see `layers/dense.py`), and the penalty adds its own
part to each weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.errors import InputError
from gradcheck.reference.arrays import Array, Arrays, mapping_as_code
from gradcheck.reference.batch import Batch, Layout
from gradcheck.reference.initializers import Initializer, glorot_uniform
from gradcheck.reference.layers.chain import Chain
from gradcheck.reference.layers.layer import Layer
from gradcheck.reference.losses.loss import Loss
from gradcheck.reference.penalties import Penalty
from gradcheck.reference.structured import Method, StructuredGradient, structured_gradient


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Layers, a loss and parameters: a value, never changed in place, whose repr is code that makes it again.

    Attributes:
        layers: from the input to the output.
        loss: a function of the last layer's output and the targets.
        parameters: W1, b1, W2 ...: a name as the layer says it, and the layer's number, counted from 1.
        penalty: on the weights of the layers; none by default.
        layout: whether samples are rows or columns.

    Raises:
        InputError: parameters missing, unknown or of the wrong shape.

    Example:
        >>> from gradcheck.reference import Dense, SoftmaxCrossEntropy, Tanh, datasets
        >>> iris = datasets.iris()
        >>> network = Network.create([Dense(4, 4, Tanh()), Dense(4, 3)], SoftmaxCrossEntropy(), seed=0)
        >>> trace = network.backward(Batch(iris.X, iris.y))
        >>> trace["delta1"].shape, trace["dW1"].shape
        ((150, 4), (4, 4))
    """

    layers: tuple[Layer, ...]
    loss: Loss
    parameters: Mapping[str, Array]
    penalty: Penalty = field(default_factory=Penalty)
    layout: Layout | str = Layout.ROWS

    def __post_init__(self) -> None:
        expected = self.chain.shapes
        given = {name: np.shape(array) for name, array in self.parameters.items()}
        if given != expected:
            message = f"expected parameters of shapes {expected}, and got {given}"
            raise InputError(message, hint="Network.create draws parameters that fit the layers")

    @classmethod
    def create(
        cls,
        layers: Sequence[Layer],
        loss: Loss,
        *,
        seed: int,
        penalty: Penalty | None = None,
        initializer: Initializer = glorot_uniform,
        layout: Layout | str = Layout.ROWS,
        dtype: type[np.float64 | np.float32] = np.float64,
    ) -> Network:
        """A network with parameters drawn from `seed`."""
        drawn = Chain(tuple(layers)).initial(np.random.default_rng(seed), initializer)
        parameters: Arrays = {name: array.astype(dtype) for name, array in drawn.items()}
        return cls(tuple(layers), loss, parameters, penalty or Penalty(), layout)

    @property
    def chain(self) -> Chain:
        """The layers as one layer."""
        return Chain(self.layers)

    def with_parameters(self, parameters: Mapping[str, Array]) -> Network:
        """The same network at other parameters."""
        return replace(self, parameters=dict(parameters))

    def forward(self, batch: Batch) -> Arrays:
        """Every intermediate by name: h0 (the input), z1, h1, z2, h2 ..., and h, the output."""
        return {"h0": batch.x} | self.chain.forward(self.parameters, batch.x)

    def value(self, batch: Batch) -> float:
        """The total loss: the reduced loss of the samples and the penalty."""
        return self.data_loss(batch) + self.penalty.value(self.penalised().values(), batch.size)

    def data_loss(self, batch: Batch) -> float:
        """The reduced loss of the samples, without the penalty."""
        return self.loss.value(self._rows(self.forward(batch)["h"]), batch.targets)

    def backward(self, batch: Batch) -> Arrays:
        """Every intermediate, delta and gradient by name: h0, z1, h1 ..., dh2, delta2, dW2, db2 ...

        dW1, db1 ... are gradients of the total loss, the penalty included; the deltas know no penalty.
        """
        cache = self.forward(batch)
        dh = self._rows(self.loss.gradient(self._rows(cache["h"]), batch.targets))
        pulled = self.chain.backward(self.parameters, batch.x, cache, dh)
        for name, extra in self.penalty.gradient(self.penalised(), batch.size).items():
            pulled["d" + name] = pulled["d" + name] + extra
        return cache | pulled

    def gradient(self, batch: Batch) -> Arrays:
        """The gradient of the total loss, by parameter name."""
        trace = self.backward(batch)
        return {name: trace["d" + name] for name in self.parameters}

    def numerical_gradient(
        self, batch: Batch, *, method: Method = "auto", bars: bool = True
    ) -> StructuredGradient:
        """The gradient of `value` by central differences that use the structure; see `structured.gradient`.

        Args:
            batch: the batch.
            method: "inputs" shifts the weighted inputs z and needs a forward pass for each unit; "parameters"
                really evaluates the loss at every shifted parameter; "auto" takes the cheaper one, layer by
                layer.
            bars: whether to spend twice the evaluations on an error bar for every number.

        Raises:
            InputError: an unknown method.
        """
        return structured_gradient(self, batch, method=method, bars=bars)

    def sample_gradients(self, batch: Batch) -> list[Arrays]:
        """Each sample's part of the gradient: they add up to `gradient`, less the penalty's part."""
        h = self._rows(self.forward(batch)["h"])
        scale = self.loss.scale(h)
        parts = []
        for one in batch:
            cache = self.forward(one)
            dh = self._rows(scale * self.loss.delta(self._rows(cache["h"]), one.targets))
            pulled = self.chain.backward(self.parameters, one.x, cache, dh)
            parts.append({name: pulled["d" + name] for name in self.parameters})
        return parts

    def penalised(self) -> Arrays:
        """The parameters that the penalty counts; none where there is no penalty."""
        if not (self.penalty.l1 or self.penalty.l2):
            return {}
        names = self.parameters if self.penalty.biases else self.chain.weights
        return {name: self.parameters[name] for name in names}

    def _rows(self, h: Array) -> Array:
        """The output with samples as rows, and back again."""
        return h.swapaxes(-1, -2) if Layout(self.layout) is Layout.COLUMNS else h

    def __repr__(self) -> str:
        parts: list[tuple[str, Any]] = [("layers", repr(self.layers)), ("loss", repr(self.loss))]
        parts.append(("parameters", mapping_as_code(self.parameters)))
        if self.penalty != Penalty():
            parts.append(("penalty", repr(self.penalty)))
        if Layout(self.layout) is Layout.COLUMNS:
            parts.append(("layout", repr(self.layout)))
        return "Network(" + ", ".join(f"{name}={code}" for name, code in parts) + ")"
