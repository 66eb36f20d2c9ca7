"""Layers of every kind, with parameters and an input."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from numpy.typing import NDArray

from gradcheck import reference as ref
from gradcheck.reference.arrays import Array, as_code, mapping_as_code
from gradcheck.strategies.activations import KINKED, SMOOTH
from gradcheck.strategies.arrays import well_conditioned_arrays
from gradcheck.strategies.inputs import inputs


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
def layers(draw: st.DrawFn, *, smooth: bool = False, max_units: int = 3, max_samples: int = 3) -> LayerCase:
    """Layers of every kind, each with parameters and an input.

    Args:
        draw: given by hypothesis.
        smooth: whether layers and activations with kinks are left out.
        max_units: of every layer.
        max_samples: of its input.
    """
    layer = draw(_kinds(max_units, smooth=smooth))
    x = draw(inputs(layer, draw(st.integers(1, max_samples))))
    if isinstance(layer, ref.DenseColumns):
        x = x.T
    parameters = {name: draw(well_conditioned_arrays(shape)) for name, shape in layer.shapes.items()}
    return LayerCase(layer, parameters, x)


@functools.cache  # a strategy is dear to build, and drawn from thousands of times
def _kinds(max_units: int, *, smooth: bool) -> st.SearchStrategy[ref.Layer]:
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
