"""Where the loss reads each parameter; for one that it never reads, where it reads the weights of the same layer."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation


def read_audit(lab: Lab) -> Observation:
    """Facts: `lines` and `penalised`, both parameter -> lines of the loss; `unread`, of {parameter, line, lines}.

    `lines` read it, or else its neighbour's: the array nearest in the order of the parameters that has as many
    units as a vector has entries. `penalised` take its square, its absolute value or its norm. `unread` are the vectors
    that the loss does not depend on, though the code computes a gradient for them, with the same lines.
    """
    source = lab.tracer.source
    seen = lab.tracer.recording(lambda live: live.loss()).seen
    values = lab.truth.values
    lines: dict[str, list[int]] = {name: [] for name in values}
    penalised: dict[str, list[int]] = {name: [] for name in values}
    for number, record in seen.items():
        site = source.sites[number]
        value = record.values[0]
        if isinstance(site.node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(value, np.ndarray):
            for name, array in values.items():
                if array.size > 1 and value.shape == array.shape and np.array_equal(value, array):
                    lines[name].append(site.line)
                    if _sizes(source.sites[site.parent].node):
                        penalised[name].append(site.line)
    found = {name: lines[name] or lines.get(_neighbour(name, values, lines), []) for name in values}
    facts = {"lines": found, "penalised": penalised}
    each = {key: {n: list(dict.fromkeys(at)) for n, at in some.items() if at} for key, some in facts.items()}
    unread = [
        {
            "parameter": name,
            "lines": each["lines"].get(name, []),
            "line": next(iter(each["lines"].get(name, [])), 0),
        }
        for name in sorted(lab.wrong)
        if max(values[name].shape, default=1) == values[name].size
        and not np.any(lab.truth.numerical.values[name])
    ]
    return Observation("read_audit", {**each, "unread": unread})


def _sizes(parent: ast.AST) -> bool:
    """Whether an expression takes the size of what stands in it, entry by entry or as a whole."""
    if isinstance(parent, ast.BinOp):
        return isinstance(parent.op, ast.Pow)
    if not isinstance(parent, ast.Call):
        return False
    name = getattr(parent.func, "attr", getattr(parent.func, "id", ""))
    return name in {"norm", "abs", "absolute", "square", "fabs", "vdot"}


def _neighbour(name: str, values: Mapping[str, np.ndarray], lines: Mapping[str, list[int]]) -> str:
    """The array that is nearest to a vector, of those that are read and have its number of units."""
    order = list(values)
    place, size = order.index(name), values[name].size
    near = sorted(
        (other for other in order if lines[other]),
        key=lambda other: abs(order.index(other) - place) + (order.index(other) > place) / 2,
    )
    fitting = [other for other in near if size in values[other].shape]
    return next(iter(fitting or near), "")
