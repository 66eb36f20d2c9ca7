"""Inputs that fit a layer."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from numpy.typing import NDArray

from gradcheck import reference as ref
from gradcheck.strategies.arrays import integers, well_conditioned_arrays

IMAGE = 4
"""Height and width of the images that convolutional networks are given."""

STEPS = 3
"""Length of the sequences that recurrent and attention networks are given."""


def inputs(layer: ref.Layer, samples: int) -> st.SearchStrategy[NDArray[Any]]:
    """Inputs that fit a layer, samples as rows."""
    if isinstance(layer, ref.Residual):
        return inputs(layer.layer, samples)
    if isinstance(layer, ref.Chain):
        return inputs(layer.layers[0], samples)
    if isinstance(layer, ref.Embedding):
        return integers((samples, STEPS), range(layer.vocabulary))
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
