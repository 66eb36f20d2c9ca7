"""Shift each parameter by itself: the loss is really evaluated at every perturbed parameter."""

from __future__ import annotations

import numpy as np

from gradcheck.reference.arrays import Array
from gradcheck.reference.structured.by_inputs import pieces
from gradcheck.reference.structured.slopes import STEP, Slopes
from gradcheck.reference.structured.tail import Tail

LARGE = 1 << 20
"""Entries of the largest array of a pass: eight megabytes, for matrix products like to be large."""
SMALL = 1 << 14
"""The same where so few passes hold everything: malloc gives out new, unmapped pages for an array beyond 128
kilobytes (mallopt(3), M_MMAP_THRESHOLD), and the page faults would cost as much as the arithmetic."""
FEW = 16


def measure(tail: Tail, layer: int, slopes: Slopes) -> dict[str, tuple[Array, Array]]:
    """Values and bars of the layer's parameters, for the sum of the per-sample losses."""
    if tail.steps[layer] is not None:
        return _dense(tail, layer, slopes)
    return {name: _any(tail, layer, name, slopes) for name in tail.parameters[layer]}


def _dense(tail: Tail, layer: int, slopes: Slopes) -> dict[str, tuple[Array, Array]]:
    """W[i, j] + h shifts z_j by h x_i; b[j] + h shifts it by h, as the weight of an input of ones would."""
    x = tail.input_of(layer)
    inputs = np.vstack([x if tail.columns else x.T, np.ones(tail.samples)])  # (inputs + 1, N)
    largest = np.abs(inputs).max(axis=1)
    h = STEP / np.where(largest > 0, largest, 1)  # so that z moves by STEP at most, whatever the units of x
    rounding = tail.rounding.sum() if slopes.bars else 0.0
    step = tail.steps[layer]
    assert step is not None
    values, bars = np.empty((len(step.z), len(inputs))), np.empty((len(step.z), len(inputs)))
    copy = len(slopes.shifts) * tail.width(layer)
    chunk = SMALL if values.size * copy <= FEW * SMALL else LARGE
    for some in pieces(len(inputs), copy, chunk):
        shift = slopes.shifts[:, None, None] * (h[some, None] * inputs[some])
        for units in pieces(len(step.z), copy * len(h[some]), chunk):
            losses = tail.after_shift(layer, units, shift.reshape(1, -1, shift.shape[-1]))
            changes = (losses - tail.base).sum(axis=-1).reshape(len(losses), *shift.shape[:2])
            found = slopes.measure(changes.transpose(1, 2, 0), h[some, None], rounding)
            values[units, some], bars[units, some] = map(np.transpose, found)
    layouted = [a if tail.columns else a.T for a in (values, bars)]
    (W, b), (W_bar, b_bar) = ([a[:, :-1], a[:, -1:]] if tail.columns else [a[:-1], a[-1]] for a in layouted)
    return {"W": (W, W_bar), "b": (b, b_bar)}


def _any(tail: Tail, layer: int, name: str, slopes: Slopes) -> tuple[Array, Array]:
    """The layer is evaluated for each entry, the layers above for many at once."""
    owner, cache, x = tail.network.layers[layer], tail.caches[layer], tail.input_of(layer)
    p = tail.parameters[layer]
    theta = p[name].ravel()
    h, rounding = STEP * np.maximum(1, np.abs(theta)), tail.rounding.sum() if slopes.bars else 0.0
    values, bars = np.empty_like(theta), np.empty_like(theta)
    for some in pieces(len(theta), len(slopes.shifts) * max(cache["h"].size, tail.width(layer))):
        copies = []
        for k in np.arange(len(theta))[some]:
            for shift in slopes.shifts:
                moved = theta.copy()
                moved[k] += shift * h[k]
                copies.append(owner.replay({**p, name: moved.reshape(p[name].shape)}, x, cache))
        losses = tail.after_output(layer, np.stack(copies))
        changes = (losses - tail.base).sum(axis=-1).reshape(-1, len(slopes.shifts))
        values[some], bars[some] = slopes.measure(changes.T, h[some], rounding)
    return values.reshape(p[name].shape), bars.reshape(p[name].shape)
