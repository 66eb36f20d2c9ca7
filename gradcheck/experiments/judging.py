"""Evaluate the loss with other inputs and labels: of which outputs and labels it is which function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.varying import Array, array_of, floats_of, move_inputs, ordinary
from gradcheck.subject.program import Live, Values
from gradcheck.trace import Sighting

FITS = 1e-5
# Relative residual of the fit: 1e-8 inside a logarithm leaves less, another function of the outputs far more.
RUNS = 6


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


def form_of_loss(lab: Lab) -> tuple[str, list[Run]]:
    """The form of the loss, and the runs that show it: of the outputs, or of what the loss makes in another mode."""
    runs = list(_runs(lab))
    if len(runs) < RUNS:
        return "", runs
    for outputs in (runs, *_inside(lab, runs)):
        form = next((name for name in FORMS if _is(name, outputs)), "")
        if form:
            return form, outputs
    return "", runs


def _runs(lab: Lab) -> Iterator[Run]:
    """The loss at ordinary parameters, with other labels, and with other inputs; none where something is not known.

    Where the code starts, outputs may be all but the same for every sample, and then any form fits.
    """
    for number in range(RUNS):
        live = lab.program.start()
        if not _varied(lab, live, number):
            return
        try:
            outputs, loss = floats_of(live, lab.wiring.outputs), live.loss()
        except GradcheckError:
            return
        targets = None if outputs is None else _targets(array_of(live, lab.wiring.labels), outputs)
        if outputs is None or targets is None or not np.isfinite(loss):
            return
        yield Run(outputs.reshape(targets.shape), targets, loss)


def _varied(lab: Lab, live: Live, number: int) -> bool:
    """Put a network at ordinary parameters, with the labels and the inputs of a run; False where that is impossible."""
    rng = np.random.default_rng([lab.seed, number])
    live.set(_base(lab))
    if number and not _relabel(live, lab.wiring.labels, rng):
        return False
    return not number % 2 or move_inputs(live, lab.wiring.inputs, rng)


def _inside(lab: Lab, runs: list[Run]) -> Iterator[list[Run]]:
    """The runs with arrays that the loss makes, of the shape of the outputs, in their place: the last made first.

    Dropout and batch norm give a loss other outputs than those of a network that is evaluated.
    """

    def ask(live: Live, number: int) -> object:
        return live.loss() if _varied(lab, live, number) else None

    seen = [lab.tracer.recording(partial(ask, number=number)).seen for number in range(RUNS)]
    for number in reversed(list(seen[0])):
        values = [sightings[number].values[-1] for sightings in seen if number in sightings]
        if len(values) == RUNS and all(_matches(v, r) for v, r in zip(values, runs, strict=True)):
            pairs = zip(values, runs, strict=True)
            yield [
                Run(np.array(v, dtype=float).reshape(r.outputs.shape), r.targets, r.loss) for v, r in pairs
            ]


def _matches(value: object, run: Run) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.dtype.kind == "f"
        and value.shape in {run.outputs.shape, run.outputs.squeeze().shape}
        and not np.array_equal(value.ravel(), run.targets.ravel())
    )


def _base(lab: Lab, draw: int = 0) -> Values:
    return ordinary(lab.truth.values, np.random.default_rng([lab.seed, 0xF0 + draw]))


def recorded_loss(lab: Lab, draw: int = 0) -> Mapping[int, Sighting]:
    """What each expression of the loss gives at ordinary parameters, with the code's own inputs and labels.

    Args:
        lab: the subject.
        draw: which of many such points; those of the runs by default.
    """

    def ask(live: Live) -> object:
        live.set(_base(lab, draw))
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
    if form != "squared" and not are_classes(runs[0]):
        return False
    varied = float(np.ptp(losses))
    if (
        not np.all(np.isfinite(column))
        or not np.ptp(column)
        or varied <= FITS * float(np.max(np.abs(losses)))
    ):
        return False
    slope = float(np.cov(column, losses)[0, 1] / np.var(column, ddof=1))
    left = losses - slope * column
    return slope > 0.0 and float(np.ptp(left)) <= FITS * varied


def are_classes(run: Run) -> bool:
    """Whether the targets are one of several classes for each sample."""
    y = run.targets
    hot = y.ndim == 2 and min(y.shape) > 1 and bool(np.all((y == 0.0) | (y == 1.0)))
    return hot and any(bool(np.all(y.sum(axis=axis) == 1.0)) for axis in (0, 1))


def sums_of(run: Run) -> Array:
    """The sum of each sample's outputs."""
    axis = 1 if np.all(run.targets.sum(axis=1) == 1.0) else 0
    sums: Array = run.outputs.sum(axis=axis)
    return sums


def same_entries(value: object, outputs: Array) -> bool:
    """Whether a value has the entries of the outputs, in whatever shape."""
    return (
        isinstance(value, np.ndarray)
        and value.size == outputs.size
        and np.allclose(value.ravel(), outputs.ravel(), rtol=1e-6, atol=0.0)
    )
