"""Perturb one sample and watch the others: where their values first change, samples have been mixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.forward import outputs_of
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.program import Live

Array = NDArray[np.float64]
MOVED = 1e-6
# Relative change of another sample's value: far above rounding, far below what a shared statistic does.
SHIFT = 0.5
# The perturbation, in deviations of the inputs.


def coupling_audit(lab: Lab) -> Observation:
    """Facts: `couplings`, at most one of {kind, line, text, change, samples}.

    The place is where other samples change with the first one: "input" where no parameter has a part in the first
    such value yet, else the first such value that sums to one, or whose exp does, over the samples ("axis") or over
    the whole batch ("whole"). Mixing behind a parameter, as batch normalisation does, is none of these and not listed.
    `change` is the largest relative change among the other samples' outputs.
    """
    inputs = lab.wiring.inputs
    plain = outputs_of(lab.program.start(), lab.wiring.outputs) if inputs else None
    axis = None if plain is None else _sample_axis(lab.program.start(), inputs, plain)
    if plain is None or axis is None:
        return Observation("coupling_audit", {"couplings": []})
    live = lab.program.start()
    _perturb(live, inputs, axis)
    moved = outputs_of(live, lab.wiring.outputs)
    change = _change(plain, moved, axis)
    place = _place(lab, axis, plain.shape[axis]) if change > MOVED else None
    couplings = [] if place is None else [{**place, "change": change, "samples": plain.shape[axis]}]
    return Observation("coupling_audit", {"couplings": couplings})


def _sample_axis(live: Live, inputs: str, outputs: Array) -> int | None:
    """The axis that inputs and outputs share in length; None where that is not one alone, or nothing to perturb."""
    value = live.evaluate(inputs)
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.ndim != outputs.ndim:
        return None
    shared = [axis for axis in (0, 1) if value.shape[axis] == outputs.shape[axis] > 1]
    return shared[0] if len(shared) == 1 else None


def _perturb(live: Live, inputs: str, axis: int) -> None:
    """Move the first sample's inputs, each by another amount so that no shift of them all is taken out again."""
    value = live.evaluate(inputs)
    first = np.moveaxis(value, axis, 0)[0]
    first += SHIFT * float(np.std(value)) * (1.0 + np.arange(first.size) % 3)


def _change(one: Array, other: Array | None, axis: int) -> float:
    """The largest change among all samples but the one that changes most, relative to the largest value.

    That is the one that was moved, wherever an order of the samples puts it.
    """
    if other is None or one.shape != other.shape:
        return 0.0
    moves = np.moveaxis(np.abs(one - other), axis, 0).reshape(one.shape[axis], -1).max(axis=1)
    largest = float(np.max(np.abs(one), initial=0.0))
    return float(np.sort(moves)[-2]) / largest if largest > 0 else 0.0


def _place(lab: Lab, axis: int, samples: int) -> dict[str, Any] | None:
    inputs = lab.wiring.inputs
    rng = np.random.default_rng([lab.seed, 0xC0])
    moved = {name: value + rng.normal(0.0, 0.1, value.shape) for name, value in lab.truth.values.items()}

    def perturbed(live: Live) -> object:
        _perturb(live, inputs, axis)
        return live.loss()

    def elsewhere(live: Live) -> object:
        live.set(moved)
        return live.loss()

    base = _matrices(lab, lambda live: live.loss(), axis, samples)
    with_sample = _matrices(lab, perturbed, axis, samples)
    with_weights = _matrices(lab, elsewhere, axis, samples)
    mixed = [n for n in base if _change(base[n], with_sample.get(n), axis) > MOVED]
    if mixed and np.array_equal(base[mixed[0]], with_weights.get(mixed[0], np.empty(0))):
        return _described(lab, mixed[0], "input")
    # A softmax may mix samples before it divides, by a shift that they share: that alone changes no output.
    summed = next((n for n in mixed if _normalised(base[n], axis)), None)
    if summed is None:
        return None
    place = _described(lab, summed, _normalised(base[summed], axis))
    return {**place, "text": f"exp({place['text']})"} if np.any(base[summed] < 0.0) else place


def _described(lab: Lab, number: int, kind: str) -> dict[str, Any]:
    source = lab.tracer.source
    site = source.sites[number]
    return {"kind": kind, "line": site.line, "text": source.text(site)}


def _matrices(lab: Lab, ask: Callable[[Live], object], axis: int, samples: int) -> Mapping[int, Array]:
    """The first value of every expression that has a row (or column) for each sample, in the order of their ends."""
    seen = lab.tracer.recording(ask).seen
    return {
        number: record.values[0]
        for number, record in seen.items()
        if isinstance(value := record.values[0], np.ndarray)
        and value.ndim == 2
        and value.dtype.kind == "f"
        and value.shape[axis] == samples
        and value.shape[1 - axis] > 1
    }


def _normalised(value: Array, axis: int) -> str:
    """Over what a matrix of probabilities, or of their logarithms, sums to one, where that is not a sample's own."""
    if np.any(value < 0.0):
        if np.any(value > 0.0):
            return ""
        value = np.exp(value)
    if np.allclose(value.sum(), 1.0):
        return "whole"
    columns, rows = (np.allclose(value.sum(axis=a), 1.0) for a in (axis, 1 - axis))
    return "axis" if columns and not rows else ""
