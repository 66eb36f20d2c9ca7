"""Score the network on its samples: a class must be taken for each sample, and compared with its own label."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.experiments.broadcasts import crosses
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import Samples, calls_of, functions_with, samples_of
from gradcheck.findings import Observation
from gradcheck.trace import Recorder, Site, SourceMap

Fact = dict[str, Any]


def prediction_audit(lab: Lab) -> Observation:
    """Facts: `across` and `crossed`, two lists; functions that score are run on the samples, and on one less.

    `across`: {line, text, samples, classes}, an argmax over the axis that gets shorter with one sample less.
    `crossed`: {line, text, left, right, samples}, a comparison of (N, 1) with (N,).
    """
    samples = samples_of(lab)
    across: dict[int, Fact] = {}
    crossed: dict[int, Fact] = {}
    if samples is not None:
        source = lab.tracer.source
        for full, less in _runs(lab, samples):
            across |= {fact["site"]: fact for fact in _across(source, full, less)}
            crossed |= {fact["site"]: fact for fact in _crossed(source, full)}
    return Observation(
        "prediction_audit", {"across": list(across.values()), "crossed": list(crossed.values())}
    )


def _runs(lab: Lab, samples: Samples) -> Iterator[tuple[Recorder, Recorder]]:
    """What was seen of every function that scores, with all samples and with one less."""
    less = samples.taking(f"range({samples.count - 1})")
    whole = (samples.inputs, samples.labels)
    for function in functions_with(lab, _scores):
        calls = calls_of(lab, function, whole, whole[:1])
        fewer = calls_of(lab, function, less, less[:1])
        for call, other in zip(calls, fewer, strict=True):
            yield _recorded(lab, call), _recorded(lab, other)


def _recorded(lab: Lab, call: str) -> Recorder:
    return lab.tracer.recording(lambda live: live.execute(call))


def _scores(node: ast.AST) -> bool:
    equal = isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq)
    return equal or _operand(node) is not None


def _operand(node: ast.AST) -> ast.expr | None:
    """What an argmax is taken of; None for any other node."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if node.func.attr != "argmax":
        return None
    of_module = ast.unparse(node.func.value) in {"np", "numpy"}
    if of_module:
        return node.args[0] if node.args else None
    return node.func.value


def _across(source: SourceMap, full: Recorder, less: Recorder) -> Iterator[Fact]:
    for number, seen in full.seen.items():
        site = source.sites[number]
        operand = _operand(site.node)
        before, after = _value(source, full, operand), _value(source, less, operand)
        if before is None or after is None or before.ndim != 2 or after.ndim != 2:
            continue
        shorter = [axis for axis in (0, 1) if before.shape[axis] == after.shape[axis] + 1]
        if len(shorter) == 1 and before.shape[1 - shorter[0]] == after.shape[1 - shorter[0]] > 1:
            kept = np.shape(seen.values[0])
            if kept == (before.shape[1 - shorter[0]],) != (before.shape[shorter[0]],):
                yield {
                    **_fact(source, site),
                    "samples": before.shape[shorter[0]],
                    "classes": kept[0],
                    "axis": 1 - shorter[0],
                }


def _crossed(source: SourceMap, full: Recorder) -> Iterator[Fact]:
    for number in full.seen:
        site = source.sites[number]
        node = site.node
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = (node.left, node.comparators[0])
            if crosses(full, source, sides):
                left, right = (source.text(source.site_of(side)) for side in sides)
                made = np.shape(full.seen[number].values[0])
                yield {**_fact(source, site), "left": left, "right": right, "samples": max(made, default=0)}


def _fact(source: SourceMap, site: Site) -> Fact:
    return {"line": site.line, "text": source.text(site), "function": site.function, "site": site.number}


def _value(source: SourceMap, recorder: Recorder, node: ast.expr | None) -> np.ndarray[Any, Any] | None:
    seen = None if node is None else recorder.seen.get(source.site_of(node).number)
    value = seen.values[0] if seen is not None else None
    return value if isinstance(value, np.ndarray) else None
