"""What stands below the last dense layer of a network."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from gradcheck import reference as ref
from gradcheck.strategies.inputs import IMAGE, STEPS

Body = tuple[tuple[ref.Layer, ...], int]
"""Layers, and the width of what the last of them gives."""
Units = st.SearchStrategy[int]
Activations = st.SearchStrategy[Any]


@st.composite
def dense(draw: st.DrawFn, layout: str, units: Units, activations: Activations, most: int) -> Body:
    """At most `most` dense layers; none leaves the width of the input."""
    kind = ref.DenseColumns if layout == "columns" else ref.Dense
    widths = draw(st.lists(units, min_size=1, max_size=most + 1))
    return tuple(kind(*pair, draw(activations)) for pair in itertools.pairwise(widths)), widths[-1]


@st.composite
def _normalised(draw: st.DrawFn, units: Units, activations: Activations) -> Body:
    inputs, width = draw(units), draw(units)
    extra = st.sampled_from(
        [ref.LayerNorm(width), ref.BatchNorm(width), ref.Dropout(0.5, seed=draw(st.integers(0, 9)))]
    )
    residual = ref.Residual(ref.Dense(width, width, draw(activations)))
    return (ref.Dense(inputs, width), draw(extra), ref.Activate(draw(activations)), residual), width


@st.composite
def _images(draw: st.DrawFn, units: Units, activations: Activations) -> Body:
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
def _sequences(draw: st.DrawFn, units: Units, activations: Activations) -> Body:
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
def _tokens(draw: st.DrawFn, units: Units, activations: Activations) -> Body:
    width = draw(units)
    embedding = ref.Embedding(draw(st.integers(2, 4)), width)
    return (embedding, ref.RNN(width, width, draw(activations)), ref.Flatten(axes=2)), STEPS * width


OTHERS: dict[str, Callable[[Units, Activations], st.SearchStrategy[Body]]] = {
    "normalised": _normalised,
    "images": _images,
    "sequences": _sequences,
    "tokens": _tokens,
}
