"""Influence: disturb the value of one statement and see which gradients move, and whether the loss does.

A statement whose disturbance moves the loss is part of the specification, not of the gradient, and is left alone.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.subject.program import Values
from gradcheck.subject.truth import same_loss
from gradcheck.trace.sites import Site, SourceMap
from gradcheck.trace.tracer import Tracer

SIZE = 1e-3


@dataclass(frozen=True, slots=True)
class Influence:
    """What passes through the statements that the gradient run reached.

    Attributes:
        of: statement number -> the parameters whose gradient it moves.
        specification: numbers of the statements that the loss depends on.
        specified: qualified names of the functions that the loss runs.
    """

    of: dict[int, frozenset[str]]
    specification: frozenset[int]
    specified: frozenset[str]


def influences(tracer: Tracer) -> Influence:
    """Disturb every statement that was reached, one at a time."""
    of: dict[int, frozenset[str]] = {}
    specification: set[int] = set()
    for number in tracer.recorder.reached:
        site = tracer.source.sites[number]
        values = value_sites(tracer.source, site)
        if not values:
            continue
        disturb = {value.number: disturbed for value in values if value.number in tracer.recorder.seen}
        if not disturb:
            continue
        loss = tracer.loss_with(disturb)
        if loss is None or not same_loss(loss, tracer.truth.loss):
            specification.add(number)
        of[number] = moved(tracer.gradient, tracer.gradient_with(disturb))
    return Influence(of, frozenset(specification), tracer.functions_of_loss())


def value_sites(source: SourceMap, statement: Site) -> list[Site]:
    """The expressions whose values a statement passes on: what it assigns, returns, or hands to a call."""
    node = statement.node
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return) and node.value is not None:
        elements = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        return [source.site_of(element) for element in elements]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return [
            source.site_of(argument) for argument in node.value.args if not isinstance(argument, ast.Starred)
        ]
    return []


def moved(before: Values, after: Values | None) -> frozenset[str]:
    """Names of the gradients that differ; all of them where the disturbed run failed."""
    if after is None:
        return frozenset(before)
    return frozenset(name for name in before if not np.array_equal(before[name], after[name], equal_nan=True))


def disturbed(value: Any) -> Any:
    """`value` with every floating number in it changed a little, by amounts that do not cancel."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        ramp = np.linspace(1.0, 2.0, value.size or 1)[: value.size].reshape(value.shape)
        return value * (1.0 + SIZE * ramp) + SIZE * 1e-3 * ramp
    if isinstance(value, float | np.floating):
        return value * (1.0 + SIZE) + SIZE * 1e-3
    if isinstance(value, tuple):
        return type(value)(disturbed(item) for item in value) if type(value) is tuple else value
    if isinstance(value, list):
        return [disturbed(item) for item in value]
    if isinstance(value, dict):
        return {key: disturbed(item) for key, item in value.items()}
    return value


def scaled(value: Any, factor: float) -> Any:
    """`value` times a factor, where it is a number or an array of numbers."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fciu":
        return value * factor
    if isinstance(value, float | int | np.number) and not isinstance(value, bool):
        return value * factor
    return value
