"""Shift the weighted inputs: one partial forward pass measures dL_n/dz[n, j] for all samples n at once."""

from __future__ import annotations

import numpy as np

from gradcheck.reference.arrays import Array
from gradcheck.reference.structured.linear import activation_after, parameter_gradient
from gradcheck.reference.structured.slopes import STEP, Slopes
from gradcheck.reference.structured.tail import Tail

CHUNK = 1 << 16
"""Entries of the largest array of a pass: half a megabyte, which stays in a processor's cache."""


def possible(tail: Tail, layer: int) -> bool:
    """Whether the layer is linear in its parameters, and no layer above mixes samples."""
    layers = tail.network.layers
    return activation_after(layers[layer]) is not None and not any(
        a.mixes_samples for a in layers[layer + 1 :]
    )


def measure(tail: Tail, layer: int, slopes: Slopes) -> dict[str, tuple[Array, Array | float]]:
    """Values and bars of the layer's parameters, for the sum of the per-sample losses."""
    dz, bar = _dense(tail, layer, slopes) if tail.steps[layer] else _any(tail, layer, slopes)
    x = tail.input_of(layer)
    values = parameter_gradient(tail.network.layers[layer], x, dz)
    if not slopes.bars:
        return {name: (value, np.inf) for name, value in values.items()}
    bars = parameter_gradient(tail.network.layers[layer], np.abs(x), bar)
    return {name: (values[name], bars[name]) for name in values}


def _dense(tail: Tail, layer: int, slopes: Slopes) -> tuple[Array, Array]:
    step = tail.steps[layer]
    assert step is not None
    h, rounding = STEP * np.maximum(1, np.abs(step.z)), tail.rounding if slopes.bars else 0.0
    dz, bar = np.empty_like(step.z), np.empty_like(step.z)
    for units in pieces(len(step.z), len(slopes.shifts) * tail.width(layer)):
        losses = tail.after_shift(layer, units, slopes.shifts[:, None] * h[units, None, :])
        changes = losses - tail.base if slopes.bars else losses  # only the bar asks for L(0)
        dz[units], bar[units] = slopes.measure(changes.swapaxes(0, 1), h[units], rounding)
    return (dz, bar) if tail.columns else (dz.T, bar.T)


def _any(tail: Tail, layer: int, slopes: Slopes) -> tuple[Array, Array]:
    activation = activation_after(tail.network.layers[layer])
    assert activation is not None
    z = tail.weighted_input(layer)
    entries = z.reshape(len(z), -1).T  # one row for each entry of a sample
    h, rounding = STEP * np.maximum(1, np.abs(entries)), tail.rounding if slopes.bars else 0.0
    dz, bar = np.empty_like(entries), np.empty_like(entries)
    for rows in pieces(len(entries), len(slopes.shifts) * max(z.size, tail.width(layer))):
        numbers = np.arange(len(entries))[rows]
        copies = np.broadcast_to(
            z.reshape(len(z), -1), (len(numbers), len(slopes.shifts), len(z), len(entries))
        ).copy()
        for copy, number in zip(copies, numbers, strict=True):
            copy[:, :, number] += slopes.shifts[:, None] * h[number]
        losses = tail.after_output(layer, activation.forward(copies.reshape(*copies.shape[:2], *z.shape)))
        dz[rows], bar[rows] = slopes.measure((losses - tail.base).swapaxes(0, 1), h[rows], rounding)
    return dz.T.reshape(z.shape), bar.T.reshape(z.shape)


def pieces(count: int, size: int, chunk: int = CHUNK) -> list[slice]:
    """Slices of `count` things of `size` entries each, so that a slice stays within a chunk."""
    most = max(1, chunk // size)
    return [slice(start, min(start + most, count)) for start in range(0, count, most)]
