"""Vary inputs and labels, and see which function of outputs and labels the loss is."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.varying import Array, array_of, floats_of, move_inputs, ordinary
from gradcheck.findings import Observation
from gradcheck.subject.program import Live, Values
from gradcheck.trace import Sighting

FITS = 1e-5
# Relative residual of the fit: 1e-8 inside a logarithm leaves less, another function of the outputs far more.
RUNS = 6
SCALES = (1.0, 30.0, 1000.0)
# How far the parameters are thrown, in ordinary deviations, to see how far the outputs reach.

NAMED = (ast.Name, ast.Attribute, ast.Subscript)
# Expressions that compute nothing.


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation of the loss: what came out of the network, what was wanted, and what the loss made of it.

    Attributes:
        outputs: one row (or column) a sample.
        targets: of the same shape; classes are one-hot.
        loss: a number.
    """

    outputs: Array
    targets: Array
    loss: float


def target_audit(lab: Lab) -> Observation:
    """Facts: `form` ("cross-entropy", "binary", "squared" or ""), and three lists with at most one thing each.

    The form is f where the loss is c Σ f(output, target) + a constant for every choice of inputs and labels.
    `unnormalised`: {sum, axis, line, lines}, a cross-entropy of outputs that do not sum to 1 over the `axis` of the
    classes; `sum` is one sample's.
    `binary`: {line, text, classes}, a binary cross-entropy of a softmax; the line takes log(1 - p).
    `unreachable`: {line, text, low, high, least, most}: squared errors from targets in [least, most], of outputs that
    stay in [low, high] whatever the parameters.
    """
    runs = list(_runs(lab))
    form = next((name for name in FORMS if len(runs) == RUNS and _is(name, runs)), "")
    return Observation(
        "target_audit",
        {
            "form": form,
            "unnormalised": _unnormalised(lab, runs[0]) if form == "cross-entropy" else [],
            "binary": _binary(lab, runs[0]) if form == "binary" else [],
            "unreachable": _unreachable(lab, runs[0]) if form == "squared" else [],
        },
    )


def _runs(lab: Lab) -> Iterator[Run]:
    """The loss at ordinary parameters, with other labels, and with other inputs; none where something is not known.

    Where the code starts, outputs may be all but the same for every sample, and then any form fits.
    """
    base = _base(lab)
    for number in range(RUNS):
        rng = np.random.default_rng([lab.seed, number])
        live = lab.program.start()
        live.set(base)
        if number and not _relabel(live, lab.wiring.labels, rng):
            return
        if number % 2 and not move_inputs(live, lab.wiring.inputs, rng):
            return
        try:
            outputs, loss = floats_of(live, lab.wiring.outputs), live.loss()
        except GradcheckError:
            return
        targets = None if outputs is None else _targets(array_of(live, lab.wiring.labels), outputs)
        if outputs is None or targets is None or not np.isfinite(loss):
            return
        yield Run(outputs.reshape(targets.shape), targets, loss)


def _base(lab: Lab) -> Values:
    return ordinary(lab.truth.values, np.random.default_rng([lab.seed, 0xF0]))


def _recorded(lab: Lab) -> Mapping[int, Sighting]:
    """What each expression of the loss gives at those parameters, with the code's own inputs and labels."""

    def ask(live: Live) -> object:
        live.set(_base(lab))
        return live.loss()

    return lab.tracer.recording(ask).seen


def _relabel(live: Live, expression: str, rng: np.random.Generator) -> bool:
    """The labels of other samples, written over the user's own."""
    value = array_of(live, expression)
    if value is None or value.size < 2:
        return False
    axis = 0 if value.ndim == 1 or value.shape[0] > value.shape[1] else 1
    if value.dtype.kind == "f" and not np.all(value == np.floor(value)):
        value[...] = value + float(np.std(value)) * rng.standard_normal(value.shape)
    value[...] = np.take(value, rng.permutation(value.shape[axis]), axis=axis)
    return True


def _targets(labels: NDArray[Any] | None, outputs: Array) -> Array | None:
    """Labels in the shape of the outputs, classes one-hot; None where they do not go together."""
    if labels is None or outputs.ndim > 2:
        return None
    if labels.shape == outputs.shape or (labels.size == outputs.size == max(outputs.shape)):
        return np.array(labels, dtype=np.float64).reshape(outputs.shape)
    if labels.size != max(labels.shape) or labels.dtype.kind not in "iu" or outputs.ndim != 2:
        return None
    for axis in (0, 1):
        classes = outputs.shape[1 - axis]
        flat = labels.ravel().astype(int)
        if outputs.shape[axis] == flat.size and flat.min() >= 0 and flat.max() < classes:
            hot: Array = np.eye(classes)[flat]
            return hot if axis == 0 else hot.T
    return None


def _cross_entropy(p: Array, y: Array) -> float:
    return -float(np.sum(y * np.log(p)))


def _binary_cross_entropy(p: Array, y: Array) -> float:
    return -float(np.sum(y * np.log(p) + (1.0 - y) * np.log(1.0 - p)))


def _squared(p: Array, y: Array) -> float:
    return float(np.sum((p - y) ** 2))


FORMS = {"cross-entropy": _cross_entropy, "binary": _binary_cross_entropy, "squared": _squared}


def _is(form: str, runs: list[Run]) -> bool:
    """Whether the losses are c times a form plus a constant, c positive; six runs decide two numbers."""
    with np.errstate(all="ignore"):
        column = np.array([FORMS[form](run.outputs, run.targets) for run in runs])
    losses = np.array([run.loss for run in runs])
    if form != "squared" and not _classes(runs[0]):
        return False
    varied = float(np.ptp(losses))
    if not np.all(np.isfinite(column)) or varied <= FITS * float(np.max(np.abs(losses))):
        return False
    slope = float(np.cov(column, losses)[0, 1] / np.var(column, ddof=1))
    left = losses - slope * column
    return slope > 0.0 and float(np.ptp(left)) <= FITS * varied


def _classes(run: Run) -> bool:
    """Whether the targets are one of several classes for each sample."""
    y = run.targets
    hot = y.ndim == 2 and min(y.shape) > 1 and bool(np.all((y == 0.0) | (y == 1.0)))
    return hot and any(bool(np.all(y.sum(axis=axis) == 1.0)) for axis in (0, 1))


def _sums(run: Run) -> Array:
    """The sum of each sample's outputs."""
    axis = 1 if np.all(run.targets.sum(axis=1) == 1.0) else 0
    sums: Array = run.outputs.sum(axis=axis)
    return sums


def _unnormalised(lab: Lab, run: Run) -> list[dict[str, Any]]:
    sums = _sums(run)
    if np.allclose(sums, 1.0, atol=1e-6):
        return []
    worst = float(sums[int(np.argmax(np.abs(sums - 1.0)))])
    axis = 1 if sums.size == run.outputs.shape[0] else 0
    lines = _made_at(lab, run.outputs)
    return [{"sum": worst, "axis": axis, "line": lines[0] if lines else 0, "lines": lines}]


def _made_at(lab: Lab, outputs: Array) -> list[int]:
    """The lines of the function that first has the outputs on which it has them, the last first."""
    seen = _recorded(lab)
    source = lab.tracer.source
    same = [source.sites[n] for n, record in seen.items() if _equal(record.values[0], outputs)]
    lines = [site.line for site in same if site.function == same[0].function]
    return sorted(set(lines), reverse=True)


def _equal(value: object, outputs: Array) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.size == outputs.size
        and np.allclose(value.ravel(), outputs.ravel(), rtol=1e-6, atol=0.0)
    )


def _binary(lab: Lab, run: Run) -> list[dict[str, Any]]:
    classes = run.outputs.size // _sums(run).size
    if classes < 3 or not np.allclose(_sums(run), 1.0, atol=1e-6):
        return []
    seen = _recorded(lab)
    source = lab.tracer.source
    others = (1.0 - run.outputs, np.log(1.0 - run.outputs), (1.0 - run.targets) * np.log(1.0 - run.outputs))
    found = (n for other in others for n, record in seen.items() if _equal(record.values[0], other))
    number = next(found, None)
    if number is None:
        return [{"line": 0, "text": "", "classes": classes}]
    site = source.sites[number]
    return [{"line": site.line, "text": source.text(site), "classes": classes}]


def _unreachable(lab: Lab, run: Run) -> list[dict[str, Any]]:
    """Where the outputs get a bound that keeps them from some targets."""
    low, high = _reach(lab, run)
    least, most = float(run.targets.min()), float(run.targets.max())
    margin = 1e-3 * (most - least)
    if not (least < low - margin or most > high + margin) or low >= high:
        return []
    seen = _recorded(lab)
    source = lab.tracer.source
    same = [source.sites[n] for n, record in seen.items() if _equal(record.values[0], run.outputs)]
    made = [s for s in same if s.function == same[0].function and not isinstance(s.node, NAMED)]
    if not made:
        return []
    site = made[-1]
    bounds = {"low": low, "high": high, "least": least, "most": most}
    return [{"line": site.line, "text": source.text(site), **bounds}]


def _reach(lab: Lab, run: Run) -> tuple[float, float]:
    """The smallest and the largest output over parameters and inputs thrown far and wide."""
    low, high = float(run.outputs.min()), float(run.outputs.max())
    for number, scale in enumerate(SCALES * 4):
        rng = np.random.default_rng([lab.seed, number, 0x0B])
        live = lab.program.start()
        live.set({name: scale * value for name, value in ordinary(lab.truth.values, rng).items()})
        with np.errstate(all="ignore"):
            outputs = floats_of(live, lab.wiring.outputs)
        if outputs is not None and np.all(np.isfinite(outputs)):
            low, high = min(low, float(outputs.min())), max(high, float(outputs.max()))
    return low, high
