"""Report on the same samples twice: a function that compares two sets must find no difference there."""

from __future__ import annotations

import ast
from itertools import combinations
from typing import Any

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
    is what both are with the hyper-parameter `scalar` at 0, where they agree.
    """
    samples = samples_of(lab)
    penalised: list[Fact] = []
    if samples is not None:
        twice = (samples.inputs, samples.labels) * 2
        for function in functions_with(lab, lambda node: isinstance(node, ast.Return)):
            for call in calls_of(lab, function, twice):
                fact = _examined(lab, call)
                if fact is not None:
                    penalised.append({**_place(lab, function), **fact})
    return Observation("report_audit", {"penalised": penalised})


def _examined(lab: Lab, call: str) -> Fact | None:
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
    return None


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
