"""Reorder the samples: a figure of all of them must not depend on which of them share a batch."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import Samples, calls_of, functions_with, samples_of
from gradcheck.findings import Observation
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Values
from gradcheck.trace import Site

LARGEST = 256
# Larger batches are not tried.
ORDERS = 6
DRAWS = 4
# Weights to try: a figure that is the same for every sample does not show what it weighs.
SAME = 1e-9

Fact = dict[str, Any]


def average_audit(lab: Lab) -> Observation:
    """Facts: `unequal`, a list of {line, lines, text, function, batch, even, uneven}.

    A function of samples and labels that cuts them into batches gives one number. `even` and `uneven` are its largest
    relative change when the samples are reordered: of two full batches, and of two and a smaller one.
    """
    samples = samples_of(lab)
    unequal: list[Fact] = []
    if samples is not None:
        for function in functions_with(lab, _is_strided):
            for call in calls_of(lab, function, ("_inputs", "_labels")):
                fact = _examined(lab, samples, function, call)
                unequal += [fact] if fact is not None else []
    return Observation("average_audit", {"unequal": unequal})


def _is_strided(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range" and len(node.args) == 3


def _examined(lab: Lab, samples: Samples, function: str, call: str) -> Fact | None:
    batch = _batch(lab, samples, function, call)
    if batch is None or not 1 < batch <= LARGEST:
        return None
    counts = (2 * batch, 2 * batch + max(batch // 3, 1))
    found = [[_unrest(lab, samples, call, count, draw) for count in counts] for draw in range(DRAWS)]
    known = [(even, uneven) for even, uneven in found if even is not None and uneven is not None]
    even, uneven = (
        (max(changes, default=0.0) for changes in zip(*known, strict=True)) if known else (0.0, 0.0)
    )
    if even > SAME or uneven <= SAME:
        return None
    sites = _averages(lab, function)
    lines = list(dict.fromkeys(site.line for site in sites))
    text = lab.tracer.source.text(sites[0]) if sites else ""
    return {
        "line": lines[0] if lines else 0,
        "lines": lines,
        "text": text,
        "function": function,
        "batch": batch,
        "even": even,
        "uneven": uneven,
    }


def _batch(lab: Lab, samples: Samples, function: str, call: str) -> int | None:
    """The stride of the function's loop over its samples."""
    inputs, labels = samples.taking(f"range({samples.count})")
    recorder = lab.tracer.recording(
        lambda live: live.execute(f"_inputs, _labels = {inputs}, {labels}\n{call}")
    )
    source = lab.tracer.source
    for number, seen in recorder.seen.items():
        site = source.sites[number]
        if site.function == function and _is_strided(site.node) and isinstance(seen.values[0], range):
            return seen.values[0].step
    return None


def _unrest(lab: Lab, samples: Samples, call: str, count: int, draw: int) -> float | None:
    """The largest relative change of what a call gives for so many samples when they are reordered, at random weights.

    None where it gives no single number, moves a parameter, or gives another one for the same order.
    """
    rng = np.random.default_rng([lab.seed, 0xA7, count, draw])
    drawn = [int(place) for place in rng.integers(0, samples.count, count)]
    orders = [drawn, drawn, *([int(i) for i in rng.permutation(drawn)] for _ in range(ORDERS))]
    figures = []
    for order in orders:
        try:
            live = lab.program.start()
            live.set(_weights(lab, draw))
            before = live.parameters()
            inputs, labels = samples.taking(repr(order))
            with patience(1.0):
                live.execute(f"_inputs, _labels = {inputs}, {labels}\n_figure = {call}")
            figures.append(float(np.asarray(live.scope["_figure"], dtype=float).reshape(())))
        except (GradcheckError, OutOfTimeError, TypeError, ValueError):
            return None
        if any(not np.array_equal(before[name], value) for name, value in live.parameters().items()):
            return None
    largest = max(abs(figure) for figure in figures)
    if figures[0] != figures[1] or not np.isfinite(largest) or largest == 0.0:
        return None
    return (max(figures) - min(figures)) / largest


def _weights(lab: Lab, draw: int) -> Values:
    rng = np.random.default_rng([lab.seed, 0xA8, draw])
    return {name: rng.normal(0.0, 1.0, value.shape) for name, value in lab.truth.values.items()}


def _averages(lab: Lab, function: str) -> list[Site]:
    """Where a function takes a mean, or divides: in a `return` first, else the last such statement."""
    source = lab.tracer.source
    means = [site for site in source.sites if site.function == function and _is_mean(site.node)]
    returned = [site for site in means if isinstance(source.statement_of(site).node, ast.Return)]
    return returned or means[-1:]


def _is_mean(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return True
    name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
    return name in {"mean", "average", "fmean"}
