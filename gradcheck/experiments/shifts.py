"""Train, and compare predictions with labels: a network that is sure of the next class had its labels shifted."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.trained import trained_as_is
from gradcheck.findings import Observation
from gradcheck.subject.whole import whole_of

SURE = 0.7
# Share of samples in one other class for that to be what was learned.
WRONG = 0.3
# Share of samples that are right, below which labels may be shifted.
FEWEST = 6


def shift_audit(lab: Lab) -> Observation:
    """Facts: `shifted`, at most one of {shift, right, moved, classes, line, lines}.

    After training, `right` is the share of samples whose largest output is their label, `moved` the share whose
    largest output is their label plus `shift`, modulo the number of classes; labels that run from 1 are compared so.
    """
    shifted = []
    fact = _learned(lab) if lab.wiring.train else None
    if fact is not None and fact["right"] < WRONG and fact["moved"] > SURE:
        lines = list(dict.fromkeys(line for line, *_ in offsets(lab)))
        shifted = [{**fact, "line": lines[0] if lines else 0, "lines": lines}]
    return Observation("shift_audit", {"shifted": shifted})


def _learned(lab: Lab) -> dict[str, Any] | None:
    """How the classes that a trained network gives lie beside the labels."""
    whole = whole_of(lab.wiring)
    try:
        labels = np.asarray(lab.program.start().evaluate(whole.labels)) if whole.labels else np.empty(0)
    except GradcheckError:
        return None
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or len(labels) < FEWEST:
        return None
    trained = lab.once(trained_as_is)
    outputs = trained.outputs if trained is not None else None
    if outputs is None or len(labels) not in outputs.shape or not np.all(np.isfinite(outputs)):
        return None
    rows = outputs if outputs.shape[0] == len(labels) else outputs.T
    return _shares(rows.argmax(axis=1), labels.astype(int), rows.shape[1])


def _shares(predicted: NDArray[Any], labels: NDArray[Any], classes: int) -> dict[str, Any] | None:
    if classes < 3 or len(set(labels)) < 3 or labels.min() < 0 or labels.max() > classes:
        return None  # with two classes a shift is a sign
    first = 1 if labels.max() == classes else 0
    away = (predicted - (labels - first)) % classes
    shares = [float(np.mean(away == shift)) for shift in range(classes)]
    shift = int(np.argmax(shares[1:])) + 1
    return {
        "shift": shift if shift <= classes // 2 else shift - classes,
        "right": shares[0],
        "moved": shares[shift],
        "classes": classes,
    }


def offsets(lab: Lab) -> list[tuple[int, int, int, str]]:
    """Where an index is a name plus or minus 1, in what the gradient or the loss runs: line, start, end, the name."""
    source = lab.tracer.source
    reached = lab.tracer.recorder.reached
    functions = {source.sites[number].function for number in reached} | lab.tracer.functions_of_loss()
    indices = [
        (site, part)
        for site in source.sites
        if isinstance(site.node, ast.Subscript) and site.function in functions
        for part in (site.node.slice.elts if isinstance(site.node.slice, ast.Tuple) else [site.node.slice])
    ]
    return [
        (site.line, *source.span(part), ast.unparse(part.left))
        for site, part in indices
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub) and _is_one(part.right)
    ]


def _is_one(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1 and type(node.value) is int
