"""Normalise an array on its way to the loss: where the gradient becomes right, a log-softmax was meant there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.forward import outputs_of
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import samples_of
from gradcheck.findings import Observation
from gradcheck.subject.program import Live, Values
from gradcheck.trace import Site

Array = NDArray[Any]
Change = Callable[[Any], Any]

STEP = 1e-5
# Along a direction of length 1.
RIGHT = 1e-6
# A slope so near, as a share of the gradient's length, is that of the loss.
DIRECTIONS = 2
MOST = 12
# Arrays to try.


def normalising_audit(lab: Lab) -> Observation:
    """Facts: `logarithms`, at most one of {line, text, axis, instead}: what the loss takes for log-probabilities.

    The gradient is wrong, and right where the logarithm of the sum of exp over the classes, which lie along `axis`, is
    taken off what `text` gives: it should be a log-softmax, as `instead` is.
    """
    found = next(_meant(lab), None) if lab.wrong else None
    return Observation("normalising_audit", {"logarithms": [found] if found else []})


def _meant(lab: Lab) -> Iterator[dict[str, Any]]:
    tables = _tables(lab)
    if tables and _is_right(lab, tables[0][0], _as_it_is):
        return  # where it is wrong, the measured one is of something finer than these slopes
    for site, axis in tables:
        if _is_right(lab, site, partial(_normalised, axis=axis)):
            text = lab.tracer.source.text(site)
            inner = text if isinstance(site.node, ast.Name | ast.Attribute | ast.Call) else f"({text})"
            instead = f"{text} - np.log(np.exp({inner}).sum(axis={axis}, keepdims=True))"
            yield {"line": site.line, "text": text, "axis": axis, "instead": instead}


def _tables(lab: Lab) -> list[tuple[Site, int]]:
    """What is returned or named on the way to the loss, an array of samples and classes, with the axis of the classes.

    The last first; what is a log-softmax, of the classes or of anything else, is left out.
    """
    samples = samples_of(lab)
    outputs = outputs_of(lab.program.start(), lab.wiring.outputs) if lab.wiring.outputs else None
    source = lab.tracer.source
    found = []
    known = samples is not None and outputs is not None
    seen = lab.tracer.recording(lambda live: live.loss()).seen if known else {}
    for number, record in seen.items():
        site, value = source.sites[number], record.values[0]
        above = source.sites[site.parent].node if site.parent >= 0 else None
        given = isinstance(above, ast.Return | ast.Assign) and above.value is site.node
        if not given or not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            continue
        if outputs is None or value.shape != outputs.shape or value.ndim != 2:
            continue
        axes = [axis for axis in (0, 1) if samples is not None and value.shape[axis] == samples.count]
        sums = [_log_sum(value, axis) for axis in (0, 1, None)]
        if axes and min(value.shape) > 1 and not any(np.allclose(some, 0.0) for some in sums):
            found.append((site, 1 - axes[0]))
    return found[::-1][:MOST]


def _as_it_is(value: Any) -> Any:
    return value


def _normalised(value: Any, axis: int) -> Any:
    return value - _log_sum(value, axis)


def _log_sum(value: Array, axis: int | None) -> Array:
    with np.errstate(all="ignore"):  # of what is infinite, nothing is asked further
        largest = value.max(axis=axis, keepdims=True)
        logarithms: Array = largest + np.log(np.exp(value - largest).sum(axis=axis, keepdims=True))
    return logarithms


def _is_right(lab: Lab, site: Site, change: Change) -> bool:
    """Whether the gradient is that of the loss, along some directions, with what a site gives changed in both."""
    gradient = lab.tracer.asked({site.number: change}, lambda live: live.gradient())
    if gradient is None or gradient.keys() != lab.truth.values.keys():
        return False
    if any(np.any(lab.gradient[name]) and not np.any(slope) for name, slope in gradient.items()):
        return False  # a network that passes nothing on has no gradient to be wrong
    length = float(np.sqrt(sum(np.sum(np.square(slope)) for slope in gradient.values())))
    for number in range(DIRECTIONS):
        rng = np.random.default_rng([lab.seed, number, 0x105])
        ways = {name: rng.standard_normal(value.shape) for name, value in lab.truth.values.items()}
        size = float(np.sqrt(sum(np.sum(np.square(way)) for way in ways.values())))
        slope = _slope(lab, site, change, {name: way / size for name, way in ways.items()})
        own = sum(float(np.vdot(gradient[name], way)) for name, way in ways.items()) / size
        if slope is None or not abs(slope - own) <= RIGHT * max(length, abs(slope)):
            return False
    return True


def _slope(lab: Lab, site: Site, change: Change, way: Values) -> float | None:
    """The slope of the changed loss along a way; None where it cannot be had."""

    def loss_at(live: Live, step: float) -> float:
        live.set({name: value + step * way[name] for name, value in lab.truth.values.items()})
        return live.loss()

    above, below = (
        lab.tracer.asked({site.number: change}, partial(loss_at, step=step)) for step in (STEP, -STEP)
    )
    return None if above is None or below is None else (above - below) / (2.0 * STEP)
