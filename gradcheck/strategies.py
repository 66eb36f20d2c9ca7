"""Hypothesis strategies: random networks, batches, layers and arrays, for tests of backpropagation.

What they draw shrinks to cases that can be checked by hand: few units, one sample, integers; and its repr is
code that makes it again. All numbers are small multiples of 1/8, exact in float32 and float64 alike.

Needs the extra: pip install 'gradcheck[hypothesis]'.

Example:
    >>> from hypothesis import find
    >>> find(networks(), lambda network: len(network.layers) > 1).layers
    (Dense(inputs=1, outputs=1, activation=Identity()), Dense(inputs=1, outputs=1, activation=Identity()))
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck import reference as ref
from gradcheck.errors import MissingExtraError
from gradcheck.reference.arrays import Array, as_code, mapping_as_code

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise MissingExtraError("hypothesis", extra="hypothesis") from error

__all__ = ["LayerCase", "batches", "layers", "networks", "well_conditioned_arrays"]

IMAGE = 4
"""Height and width of the images that convolutional networks are given."""

STEPS = 3
"""Length of the sequences that recurrent and attention networks are given."""

SMOOTH = (ref.Identity(), ref.Tanh(), ref.Sigmoid(), ref.Softplus(), ref.Swish(), ref.GELU(), ref.GELUTanh())
KINKED = (ref.ReLU(), ref.LeakyReLU(), ref.ELU(0.5))


@dataclass(frozen=True, slots=True, eq=False)
class LayerCase:
    """A layer with parameters and an input that fit it; its repr is code that makes it again.

    Attributes:
        layer: the layer.
        parameters: by the layer's own names.
        x: the input, samples as rows unless the layer wants columns.
    """

    layer: ref.Layer
    parameters: dict[str, Array]
    x: NDArray[Any]

    def __repr__(self) -> str:
        parameters = mapping_as_code(self.parameters)
        return f"LayerCase(layer={self.layer!r}, parameters={parameters}, x={as_code(self.x)})"


@st.composite
def well_conditioned_arrays(
    draw: st.DrawFn, shape: tuple[int, ...], *, dtype: type[np.float64 | np.float32] = np.float64
) -> Array:
    """Arrays of multiples of 1/8 between -2 and 2, which shrink to integers, and to 0.

    Sums and small products of such numbers are exact, so that a difference between two ways of computing the
    same is never their rounding alone.

    Args:
        draw: given by hypothesis.
        shape: of the array.
        dtype: of the array.
    """
    # One number for all entries is seldom drawn, for it hides transpositions, but it is what arrays shrink
    # to: its shape may change without any other draw.
    size = math.prod(shape)
    entries = [draw(_NUMBERS)] * size if draw(_SELDOM) else [draw(_NUMBERS) for _ in range(size)]
    return np.array(entries, dtype=np.float64).reshape(shape).astype(dtype)


_SELDOM = st.integers(0, 7).map(lambda n: n == 0)
_NUMBERS = st.sampled_from(
    sorted(np.arange(-16, 17) / 8, key=lambda a: (a % 1 != 0, a % 0.5 != 0, abs(a), a < 0))
)
"""Simplest first, since that is where they shrink to: 0, 1, -1, 2, -2, halves, eighths."""


@st.composite
def networks(
    draw: st.DrawFn,
    *,
    smooth: bool = False,
    losses: st.SearchStrategy[ref.Loss] | None = None,
    penalties: st.SearchStrategy[ref.Penalty] | None = None,
    layouts: Sequence[str] = ("rows", "columns"),
    bodies: Sequence[str] = ("dense",),
    max_layers: int = 3,
    max_units: int = 4,
) -> ref.Network:
    """Networks of up to `max_layers` layers of up to `max_units` units, the last of them dense.

    Args:
        draw: given by hypothesis.
        smooth: whether kinks (ReLU, absolute error, hinges, L1) are left out.
        losses: of which losses; all by default.
        penalties: of which penalties; none, L1, L2 and elastic in all conventions by default.
        layouts: some of "rows" and "columns". Networks of columns are dense throughout.
        bodies: some of "dense", "normalised", "images", "sequences" and "tokens": what stands below the last
            dense layer.
        max_layers: the last layer included.
        max_units: of every layer.
    """
    layout = draw(st.sampled_from(layouts))
    body = draw(st.sampled_from(bodies))
    units = st.integers(1, max_units)
    activations = st.sampled_from(SMOOTH if smooth else SMOOTH + KINKED)
    if layout == "columns" or body == "dense":
        below, width = draw(_dense_body(layout, units, activations, max_layers - 1))
    else:
        below, width = draw(_BODIES[body](units, activations))
    loss = draw(losses if losses is not None else _losses(smooth=smooth))
    last = ref.DenseColumns if layout == "columns" else ref.Dense
    stack = (*below, last(width, draw(_outputs(loss, units))))
    shapes = ref.Chain(stack).shapes
    parameters = {name: draw(well_conditioned_arrays(shape)) for name, shape in shapes.items()}
    penalty = draw(penalties if penalties is not None else _penalties(smooth=smooth))
    return ref.Network(stack, loss, parameters, penalty, layout)


@st.composite
def batches(
    draw: st.DrawFn, network: ref.Network, *, min_samples: int = 1, max_samples: int = 4
) -> ref.Batch:
    """Batches that fit a network drawn by `networks`, or any network that begins with such a layer.

    Args:
        draw: given by hypothesis.
        network: whose input, targets and layout to fit.
        min_samples: at least so many samples.
        max_samples: at most so many.
    """
    samples = draw(st.integers(min_samples, max_samples))
    x = draw(_inputs(network.layers[0], samples))
    last = network.layers[-1]
    assert isinstance(last, ref.Dense | ref.DenseColumns)
    y = draw(_targets(network.loss, samples, last.outputs))
    columns = network.layout == "columns"
    return ref.Batch(x.T if columns else x, y.T if columns else y, network.layout)


@st.composite
def layers(draw: st.DrawFn, *, smooth: bool = False, max_units: int = 3, max_samples: int = 3) -> LayerCase:
    """Layers of every kind, each with parameters and an input.

    Args:
        draw: given by hypothesis.
        smooth: whether layers and activations with kinks are left out.
        max_units: of every layer.
        max_samples: of its input.
    """
    layer = draw(_layers(max_units, smooth=smooth))
    x = draw(_inputs(layer, draw(st.integers(1, max_samples))))
    if isinstance(layer, ref.DenseColumns):
        x = x.T
    parameters = {name: draw(well_conditioned_arrays(shape)) for name, shape in layer.shapes.items()}
    return LayerCase(layer, parameters, x)


# Networks
# --------------------------------------------------------------------------------------------------------

Body = tuple[tuple[ref.Layer, ...], int]
Units = st.SearchStrategy[int]
Activations = st.SearchStrategy[Any]


@st.composite
def _dense_body(draw: st.DrawFn, layout: str, units: Units, activations: Activations, most: int) -> Body:
    kind = ref.DenseColumns if layout == "columns" else ref.Dense
    widths = draw(st.lists(units, min_size=1, max_size=most + 1))
    return tuple(kind(*pair, draw(activations)) for pair in itertools.pairwise(widths)), widths[-1]


@st.composite
def _normalised_body(draw: st.DrawFn, units: Units, activations: Activations) -> Body:
    inputs, width = draw(units), draw(units)
    extra = st.sampled_from(
        [ref.LayerNorm(width), ref.BatchNorm(width), ref.Dropout(0.5, seed=draw(st.integers(0, 9)))]
    )
    residual = ref.Residual(ref.Dense(width, width, draw(activations)))
    return (ref.Dense(inputs, width), draw(extra), ref.Activate(draw(activations)), residual), width


@st.composite
def _image_body(draw: st.DrawFn, units: Units, activations: Activations) -> Body:
    filters = draw(st.integers(1, 2))
    padding = draw(st.integers(0, 1))
    conv = ref.Conv2d(draw(st.integers(1, 2)), filters, 3, padding=padding, activation=draw(activations))
    side = IMAGE + 2 * padding - 2
    middle: list[ref.Layer] = []
    if draw(st.booleans()):
        middle.append(ref.BatchNorm(filters, spatial=True))
    if draw(st.booleans()):
        middle.append(ref.AveragePool2d(2))
        side //= 2
    del units
    return (conv, *middle, ref.Flatten()), filters * side * side


@st.composite
def _sequence_body(draw: st.DrawFn, units: Units, activations: Activations) -> Body:
    width = draw(st.sampled_from([2, 4]))
    first = st.one_of(
        st.builds(ref.RNN, units, st.just(width), activations),
        st.builds(ref.LSTM, units, st.just(width)),
        st.builds(ref.GRU, units, st.just(width)),
        st.builds(ref.GRUResetBefore, units, st.just(width)),
        st.builds(ref.MultiHeadAttention, st.just(width), st.sampled_from([1, 2]), st.booleans()),
    )
    return (draw(first), ref.Flatten(axes=2)), STEPS * width


@st.composite
def _token_body(draw: st.DrawFn, units: Units, activations: Activations) -> Body:
    width = draw(units)
    embedding = ref.Embedding(draw(st.integers(2, 4)), width)
    return (embedding, ref.RNN(width, width, draw(activations)), ref.Flatten(axes=2)), STEPS * width


_BODIES: dict[str, Callable[[Units, Activations], st.SearchStrategy[Body]]] = {
    "normalised": _normalised_body,
    "images": _image_body,
    "sequences": _sequence_body,
    "tokens": _token_body,
}


@functools.cache
def _losses(*, smooth: bool) -> st.SearchStrategy[ref.Loss]:
    reductions = st.sampled_from(["mean", "sum", "elements"])
    kinds = [
        st.builds(ref.SquaredError, reductions, st.booleans()),
        st.builds(ref.SoftmaxCrossEntropy, reductions, st.sampled_from([0.0, 0.25])),
        st.builds(ref.BinaryCrossEntropy, reductions),
        st.builds(ref.Huber, reductions, st.sampled_from([1.0, 0.5])),
    ]
    if not smooth:
        kinds += [st.builds(kind, reductions) for kind in (ref.AbsoluteError, ref.Hinge, ref.MulticlassHinge)]
    return st.one_of(kinds)


@functools.cache
def _penalties(*, smooth: bool) -> st.SearchStrategy[ref.Penalty]:
    strengths = st.sampled_from([0.0, 0.5, 0.125])
    flags = st.booleans()
    return st.builds(ref.Penalty, st.just(0.0) if smooth else strengths, strengths, flags, flags, flags)


def _outputs(loss: ref.Loss, units: Units) -> Units:
    classes = isinstance(loss, ref.SoftmaxCrossEntropy | ref.MulticlassHinge)
    return units.map(lambda n: max(n, 2)) if classes else units


# Inputs and targets
# ----------------------------------------------------------------------------------------------


def _inputs(layer: ref.Layer, samples: int) -> st.SearchStrategy[NDArray[Any]]:
    """Inputs that fit a layer, samples as rows."""
    if isinstance(layer, ref.Residual):
        return _inputs(layer.layer, samples)
    if isinstance(layer, ref.Chain):
        return _inputs(layer.layers[0], samples)
    if isinstance(layer, ref.Embedding):
        return _integers((samples, STEPS), range(layer.vocabulary))
    return well_conditioned_arrays((samples, *_sample_shape(layer)))


def _sample_shape(layer: ref.Layer) -> tuple[int, ...]:
    """The shape of one sample of a layer's input; a vector of 3 where the layer takes anything."""
    shape: tuple[int, ...] = (3,)
    match layer:
        case ref.Dense() | ref.DenseColumns():
            shape = (layer.inputs,)
        case ref.RNN() | ref.LSTM() | ref.GRU():
            shape = (STEPS, layer.inputs)
        case ref.MultiHeadAttention():
            shape = (STEPS, layer.dimension)
        case ref.ScaledDotProductAttention():
            shape = (STEPS, 6)
        case ref.Conv2d():
            shape = (layer.channels, IMAGE, IMAGE)
        case ref.MaxPool2d() | ref.AveragePool2d() | ref.Flatten():
            shape = (2, IMAGE, IMAGE)
        case ref.BatchNorm(spatial=True):
            shape = (layer.features, IMAGE, IMAGE)
        case ref.BatchNorm() | ref.LayerNorm():
            shape = (layer.features,)
    return shape


def _targets(loss: ref.Loss, samples: int, outputs: int) -> st.SearchStrategy[NDArray[Any]]:
    match loss:
        case ref.SoftmaxCrossEntropy() | ref.MulticlassHinge():
            return _integers((samples,), range(outputs))
        case ref.BinaryCrossEntropy():
            return _integers((samples, outputs), (0, 1))
        case ref.Hinge():
            return _integers((samples, outputs), (1, -1))
        case _:
            return well_conditioned_arrays((samples, outputs))


@st.composite
def _integers(draw: st.DrawFn, shape: tuple[int, ...], values: Sequence[int]) -> NDArray[np.int64]:
    one = st.sampled_from(values)
    return np.array([draw(one) for _ in range(math.prod(shape))], dtype=np.int64).reshape(shape)


@functools.cache  # a strategy is dear to build, and drawn from thousands of times
def _layers(max_units: int, *, smooth: bool) -> st.SearchStrategy[ref.Layer]:
    units = st.integers(1, max_units)
    activations = st.sampled_from((SMOOTH if smooth else SMOOTH + KINKED) + (ref.Softmax(), ref.LogSoftmax()))
    elementwise = st.sampled_from(SMOOTH if smooth else SMOOTH + KINKED)
    sizes, strides, paddings = st.integers(1, 3), st.integers(1, 2), st.integers(0, 1)
    kinds: list[st.SearchStrategy[Any]] = [
        st.builds(ref.Dense, units, units, activations),
        st.builds(ref.DenseColumns, units, units, activations),
        st.builds(ref.Activate, activations),
        st.builds(ref.Conv2d, st.integers(1, 2), st.integers(1, 2), sizes, strides, paddings, elementwise),
        st.builds(ref.AveragePool2d, sizes, strides),
        st.builds(ref.Flatten),
        st.builds(ref.BatchNorm, units),
        st.builds(ref.BatchNorm, st.integers(1, 2), spatial=st.just(True)),
        st.builds(ref.LayerNorm, units),
        st.builds(ref.Dropout, st.sampled_from([0.0, 0.5, 0.25]), st.integers(0, 9)),
        st.builds(ref.RNN, units, units, activations),
        st.builds(ref.LSTM, units, units),
        st.builds(ref.GRU, units, units),
        st.builds(ref.GRUResetBefore, units, units),
        st.builds(ref.ScaledDotProductAttention, st.booleans()),
        st.builds(ref.MultiHeadAttention, st.sampled_from([2, 4]), st.sampled_from([1, 2]), st.booleans()),
        units.flatmap(lambda n: st.builds(lambda f: ref.Residual(ref.Dense(n, n, f)), activations)),
    ]
    if not smooth:
        kinds += [st.builds(ref.MaxPool2d, sizes, strides), st.builds(ref.Embedding, units, units)]
    return st.one_of(kinds)
