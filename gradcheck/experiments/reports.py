"""Report on the same samples twice: a function that compares two sets must find no difference there."""

from __future__ import annotations

import ast
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.penalty import switched_off
from gradcheck.experiments.samples import calls_of, functions_with, samples_of
from gradcheck.findings import Observation
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Live

SAME = 1e-9

Fact = dict[str, Any]


def report_audit(lab: Lab) -> Observation:
    """Facts: `penalised`, a list of {line, text, function, first, second, without, scalar}.

    `first` and `second` are two figures that a function gives for the same samples, taken as both its sets; `without`
    is what both are with the hyper-parameter `scalar` at 0, where they agree. Where no such number can be set, it is
    None, and `scalar` empty: the difference is the same for other samples, and four times that at twice the weights.
    """
    samples = samples_of(lab)
    penalised: list[Fact] = []
    if samples is not None:
        twice = (samples.inputs, samples.labels) * 2
        some = samples.taking(f"range({samples.count // 2})") * 2
        for function in functions_with(lab, lambda node: isinstance(node, ast.Return)):
            calls = zip(calls_of(lab, function, twice), calls_of(lab, function, some), strict=True)
            for call, other in calls:
                fact = _examined(lab, call, other)
                if fact is not None:
                    penalised.append({**_place(lab, function), **fact})
    return Observation("report_audit", {"penalised": penalised})


def _examined(lab: Lab, call: str, other: str) -> Fact | None:
    figures = _figures(lab.program.start(), call)
    differ = [
        (i, j)
        for i, j in combinations(range(len(figures)), 2)
        if abs(figures[i] - figures[j]) > SAME * abs(figures[i])
    ]
    if len(figures) < 2 or not differ:
        return None
    for name, _, wiring in switched_off(lab):
        without = _figures(lab.variant(wiring).start(), call)
        for i, j in differ if len(without) == len(figures) else ():
            if abs(without[i] - without[j]) <= SAME * abs(without[i]):
                return {"first": figures[i], "second": figures[j], "without": without[i], "scalar": name}
    found = next((pair for pair in differ if _is_penalty(lab, call, other, *pair)), None)
    if found is None:
        return None
    return {"first": figures[found[0]], "second": figures[found[1]], "without": None, "scalar": ""}


def _is_penalty(lab: Lab, call: str, other: str, i: int, j: int) -> bool:
    """Whether two figures differ by the same for other samples, and by four times that at twice the weights."""
    live, larger = lab.program.start(), lab.program.start()
    larger.set({name: 2.0 * value for name, value in live.parameters().items() if _is_weight(value)})
    pairs = [_figures(live, call), _figures(live, other), _figures(larger, call)]
    if any(len(figures) <= max(i, j) for figures in pairs):
        return False
    own, others, fourfold = (figures[i] - figures[j] for figures in pairs)
    rounding = SAME * max(abs(figure) for figures in pairs for figure in figures)
    return (
        abs(own) > rounding and abs(others - own) <= rounding and abs(fourfold - 4.0 * own) <= 4.0 * rounding
    )


def _is_weight(value: NDArray[np.float64]) -> bool:
    return value.ndim == 2 and min(value.shape) > 1


def _figures(live: Live, call: str) -> list[float]:
    """The single numbers that a call gives; none where it raises, or moves a parameter."""
    try:
        before = live.parameters()
        with patience(1.0):
            value = live.evaluate(call)
        after = live.parameters()
    except (GradcheckError, OutOfTimeError):
        return []
    if any((before[name] != after[name]).any() for name in before):
        return []
    given = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(given, list | tuple):
        return []
    return [float(one) for one in given if isinstance(one, float)]


def _place(lab: Lab, function: str) -> Fact:
    source = lab.tracer.source
    returns = [s for s in source.sites if s.function == function and isinstance(s.node, ast.Return)]
    return {"line": returns[-1].line, "text": source.text(returns[-1]), "function": function}
