"""Train a copy: what the user's own training call does to the loss, to the outputs and to every parameter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.forward import UNIFORM, outputs_of
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.trained import trains_others
from gradcheck.findings import Observation, Run
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Live, Program, Values
from gradcheck.subject.whole import Whole, whole_of
from gradcheck.subject.wiring import Wiring

SLOPE = 1e-9
# Of the steepest: a parameter whose slope is smaller has no reason to move.
LONGEST = 20.0
# Seconds for the user's own training call; a longer one is reported as not run.


def train_copy(path: str, source: str, wiring: Wiring, seed: int) -> tuple[Run, Observation] | None:
    """Run the training call of a wiring from a fresh start; None where there is none, or where it is too long.

    Facts of the observation: `changed` (parameter -> whether training moved it at all), `norms` (parameter -> norms
    before and after), `finite`, `uniform_before` and `uniform_after` (all outputs equal, over the training data),
    `share` (the mean output of each class afterwards), `classes`.
    """
    if not wiring.train:
        return None
    try:
        live = Program(path, source, wiring, seed=seed).start()
        whole = whole_of(wiring)
        before = _state(live, whole)
        with patience(LONGEST):
            live.execute(wiring.train)
        after = _state(live, whole)
    except (
        GradcheckError,
        OutOfTimeError,
        TypeError,
        ValueError,
    ):  # the latter two: a loss that is no number
        return None
    if trains_others(wiring, before["parameters"], after["parameters"]):
        return None
    run = Run(before["loss"], after["loss"], before["accuracy"], after["accuracy"])
    return run, Observation("train_copy", _facts(before, after))


def _state(live: Live, whole: Whole) -> dict[str, Any]:
    outputs = outputs_of(live, whole.outputs)
    labels = _labels(live, whole.labels)
    return {
        "loss": float(np.asarray(live.evaluate(whole.loss)).reshape(())),
        "accuracy": accuracy(outputs, labels),
        "rows": None if outputs is None else _rows(outputs, labels),
        "parameters": live.parameters(),
    }


def update_audit(lab: Lab) -> Observation:
    """Facts: `ran`, `changed` (parameter -> whether one update by the user's own code moved it), and `unmoved`.

    `unmoved` lists {parameter}: those that did not move although the loss has a gradient there.
    """
    update = lab.wiring.update or lab.wiring.step
    if update is None:
        return Observation("update_audit", {"ran": False, "changed": {}, "unmoved": []})
    live = lab.program.start()
    before = live.parameters()
    live.execute(update.run)
    after = live.parameters()
    changed = {name: not np.array_equal(before[name], after[name]) for name in before}
    slopes = {
        name: float(np.nanmax(np.abs(v), initial=0.0)) for name, v in lab.truth.numerical.values.items()
    }
    floor = SLOPE * max(slopes.values(), default=0.0)
    unmoved = [{"parameter": name} for name, moved in changed.items() if not moved and slopes[name] > floor]
    return Observation("update_audit", {"ran": True, "changed": changed, "unmoved": unmoved})


def accuracy(outputs: NDArray[np.float64] | None, labels: NDArray[Any] | None) -> float | None:
    """Share of samples whose largest output (or whose rounded one) is the label; None where they are no classes.

    Example:
        >>> accuracy(np.array([[0.1, 0.9, 0.6]]), np.array([[0, 1, 0]]))  # one row, samples as columns
        0.6666666666666666
    """
    if outputs is None or labels is None or not np.all(labels == np.floor(labels)):
        return None
    if outputs.shape == labels.shape and min(outputs.shape) > 1:
        axis = 1 if np.allclose(labels.sum(axis=1), 1.0) else 0
        return float(np.mean(outputs.argmax(axis=axis) == labels.argmax(axis=axis)))
    flat = labels.ravel()
    if outputs.size == flat.size:
        chances = outputs.min() >= 0.0 and outputs.max() <= 1.0 and set(np.unique(flat)) <= {0.0, 1.0}
        return float(np.mean((outputs.ravel() > 0.5) == flat)) if chances else None
    for rows in (outputs, outputs.T):
        if len(rows) == flat.size and flat.min() >= 0 and flat.max() < rows.shape[1]:
            return float(np.mean(rows.argmax(axis=1) == flat))
    return None


def _labels(live: Live, expression: str) -> NDArray[Any] | None:
    if not expression:
        return None
    try:
        labels = np.asarray(live.evaluate(expression))
    except GradcheckError:
        return None
    return labels if labels.dtype.kind in "fiub" and labels.ndim in {1, 2} else None


def _rows(outputs: NDArray[np.float64], labels: NDArray[Any] | None) -> NDArray[np.float64]:
    """Outputs with samples as rows: turned where their columns are distributions, or where each has a label."""
    single = labels is not None and labels.size == max(labels.shape)
    if labels is not None and single and len(set(outputs.shape)) > 1 and labels.size in outputs.shape:
        return outputs if outputs.shape[0] == labels.size else outputs.T
    rows, columns = (np.allclose(outputs.sum(axis=axis), 1.0) for axis in (1, 0))
    return outputs.T if columns and not rows and outputs.shape[0] > 1 else outputs


def _facts(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    was, now = before["parameters"], after["parameters"]
    outputs = after["rows"]
    return {
        "changed": {name: not np.array_equal(was[name], now[name]) for name in was},
        "norms": {name: (float(np.linalg.norm(was[name])), float(np.linalg.norm(now[name]))) for name in was},
        "finite": math.isfinite(after["loss"])
        and all(bool(np.all(np.isfinite(value))) for value in now.values()),
        "uniform_before": _uniform(before["rows"]),
        "uniform_after": _uniform(outputs),
        "share": None if outputs is None else [float(x) for x in np.mean(outputs, axis=0)][:10],
        "classes": 0 if outputs is None else int(outputs.shape[1]),
    }


def uniform_with(lab: Lab, parameters: Values) -> bool:
    """Whether all samples of the training data give the same outputs with some parameters."""
    whole = whole_of(lab.wiring)
    live = lab.program.start()
    live.set(parameters)
    outputs = outputs_of(live, whole.outputs)
    return outputs is not None and _uniform(_rows(outputs, _labels(live, whole.labels)))


def _uniform(outputs: NDArray[np.float64] | None) -> bool:
    """Whether every sample gives (nearly) the same outputs, and every class the same share."""
    if outputs is None or len(outputs) < 2 or not np.all(np.isfinite(outputs)):
        return False
    spread = float(np.ptp(outputs, axis=0).max())
    return spread < max(UNIFORM, 0.02)
