"""Vary inputs and labels, and see which function of outputs and labels the loss is."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.experiments.judging import Run, are_classes, form_of_loss, recorded_loss, same_entries, sums_of
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.varying import Array, floats_of, ordinary
from gradcheck.findings import Observation
from gradcheck.trace import Sighting, Site, SourceMap

SCALES = (1.0, 30.0, 1000.0)
# How far the parameters are thrown, in ordinary deviations, to see how far the outputs reach.
DRAWS = 4
MARGIN = 1e-3
# Points to look at outputs, and how far beyond 0 and 1 they must be: more than what keeps logarithms finite.

NAMED = (ast.Name, ast.Attribute, ast.Subscript)
# Expressions that compute nothing.


def target_audit(lab: Lab) -> Observation:
    """Facts: `form` ("cross-entropy", "binary", "squared" or ""), and four lists with at most one thing each.

    The form is f where the loss is c Σ f(output, target) + a constant for every choice of inputs and labels.
    `unnormalised`: {sum, axis, line, lines}, a cross-entropy of outputs that do not sum to 1 over the `axis` of the
    classes; `sum` is one sample's.
    `binary`: {line, text, classes}, a binary cross-entropy of a softmax; the line takes log(1 - p).
    `unreachable`: {line, text, low, high, least, most}: squared errors from targets in [least, most], of outputs that
    stay in [low, high] whatever the parameters.
    `improper`: {line, text, low, high, log}: outputs in [low, high] that the line `log` takes logarithms of as if they
    were probabilities.
    """
    form, runs = form_of_loss(lab)
    return Observation(
        "target_audit",
        {
            "form": form,
            "unnormalised": _unnormalised(lab, runs[0]) if form == "cross-entropy" else [],
            "binary": _binary(lab, runs[0]) if form == "binary" else [],
            "unreachable": _unreachable(lab, runs[0]) if form == "squared" else [],
            "improper": _improper(lab, runs[0]) if runs and form != "squared" else [],
        },
    )


def _unnormalised(lab: Lab, run: Run) -> list[dict[str, Any]]:
    sums = sums_of(run)
    if np.allclose(sums, 1.0, atol=1e-6):
        return []
    worst = float(sums[int(np.argmax(np.abs(sums - 1.0)))])
    axis = 1 if sums.size == run.outputs.shape[0] else 0
    lines = _made_at(lab, run.outputs)
    return [{"sum": worst, "axis": axis, "line": lines[0] if lines else 0, "lines": lines}]


def _made_at(lab: Lab, outputs: Array) -> list[int]:
    """The lines of the function that first has the outputs on which it has them, the last first."""
    seen = recorded_loss(lab)
    source = lab.tracer.source
    same = [source.sites[n] for n, record in seen.items() if same_entries(record.values[0], outputs)]
    lines = [site.line for site in same if site.function == same[0].function]
    return sorted(set(lines), reverse=True)


def _binary(lab: Lab, run: Run) -> list[dict[str, Any]]:
    classes = run.outputs.size // sums_of(run).size
    if classes < 3 or not np.allclose(sums_of(run), 1.0, atol=1e-6):
        return []
    seen = recorded_loss(lab)
    source = lab.tracer.source
    others = (1.0 - run.outputs, np.log(1.0 - run.outputs), (1.0 - run.targets) * np.log(1.0 - run.outputs))
    found = (n for other in others for n, record in seen.items() if same_entries(record.values[0], other))
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
    seen = recorded_loss(lab)
    source = lab.tracer.source
    same = [source.sites[n] for n, record in seen.items() if same_entries(record.values[0], run.outputs)]
    site = _maker(same)
    if site is None:
        return []
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


def _maker(same: list[Site]) -> Site | None:
    """Of sites that have one value, the last that computes it in the function that has it first."""
    made = [site for site in same if site.function == same[0].function and not isinstance(site.node, NAMED)]
    return made[-1] if made else None


def _improper(lab: Lab, run: Run) -> list[dict[str, Any]]:
    """Where outputs come from that are no probabilities, though the loss takes their logarithms for labels 0 and 1."""
    if are_classes(run) or not np.all((run.targets == 0.0) | (run.targets == 1.0)):
        return []
    views, source = [recorded_loss(lab, draw) for draw in range(DRAWS)], lab.tracer.source
    arrays = {
        number: array
        for number in views[0]
        if (array := _joined(views, number)) is not None and array.size == DRAWS * run.outputs.size
    }
    for log, operand in _logarithms(source, arrays):
        for number, outputs in arrays.items():
            if _as_probabilities(outputs, operand):
                same = [source.sites[n] for n, other in arrays.items() if np.array_equal(other, outputs)]
                site = _maker(same) or source.sites[number]
                bounds = {"low": float(outputs.min()), "high": float(outputs.max()), "log": log.line}
                return [{"line": site.line, "text": source.text(site), **bounds}]
    return []


def _joined(views: list[Mapping[int, Sighting]], number: int) -> Array | None:
    """What a site gives at all points, end to end; at one, outputs may all be between 0 and 1 by chance."""
    values = [view[number].values[0] for view in views if number in view]
    known = all(isinstance(value, np.ndarray) and value.dtype.kind == "f" for value in values)
    return np.concatenate([value.ravel() for value in values]) if known else None


def _logarithms(source: SourceMap, arrays: Mapping[int, Array]) -> Iterator[tuple[Site, Array]]:
    """The logarithms of arrays, with what they are taken of."""
    for number in arrays:
        node = source.sites[number].node
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "log" and node.args:
            operand = arrays.get(source.site_of(node.args[0]).number)
            if operand is not None:
                yield source.sites[number], operand


def _as_probabilities(outputs: Array, operand: Array) -> bool:
    """Whether some outputs are no probabilities, and the others are what a logarithm is taken of."""
    beyond = (outputs < -MARGIN) | (outputs > 1.0 + MARGIN)
    within = (outputs > MARGIN) & (outputs < 1.0 - MARGIN)
    if not beyond.any() or within.sum() < 2 or np.ptp(outputs[within]) == 0.0:
        return False
    return bool(np.allclose(outputs[within], operand[within], rtol=1e-5, atol=0.0))
