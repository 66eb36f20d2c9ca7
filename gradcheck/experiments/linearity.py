"""Go half-way between two inputs: what then is half-way between their values is affine, however many layers it took."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.varying import is_matrix, move_inputs, ordinary
from gradcheck.findings import Observation
from gradcheck.subject.program import Live, Values

AFFINE = 1e-9
FOLLOWS = 1e-6
# Relative change of a slope with a weight matrix that says that the matrix is part of it.
MOST = 12
# Weight matrices to vary.

Place = tuple[int, int]
# The number of an expression, and how often it had been evaluated before: a loop over layers meets it once a layer.
Arrays = dict[Place, NDArray[Any]]


def linearity_audit(lab: Lab) -> Observation:
    """Facts: `linear`, at most one of {line, lines, text, parameters}: where a second layer takes a linear first one.

    `text` is an affine function of the inputs whose slope depends on both weight matrices, `parameters`; `lines` has
    the line that last handed on what the first of them made, then the one that multiplies by the second.
    """
    names = [name for name, value in lab.truth.values.items() if value.ndim > 1][:MOST]
    base = ordinary(lab.truth.values, np.random.default_rng([lab.seed, 0x11]))
    plain = _values(lab, base, 0.0) if len(names) > 1 else {}
    if not _moves(lab, plain):
        return Observation("linearity_audit", {"linear": []})
    far, middle = _values(lab, base, 1.0), _values(lab, base, 0.5)
    affine = [n for n in plain if _is_affine(plain[n], far.get(n), middle.get(n))]
    slopes = {n: far[n] - plain[n] for n in affine}
    parts: dict[Place, list[str]] = {n: [] for n in affine}
    for name in names if affine else []:
        other = {**base, name: base[name] + ordinary(base, np.random.default_rng([lab.seed, 0x12]))[name]}
        one, two = _values(lab, other, 0.0), _values(lab, other, 1.0)
        for n in affine:
            if n in one and n in two and _follows(slopes[n], two[n] - one[n]):
                parts[n].append(name)
    number = next((n for n in affine if len(parts[n]) > 1 and _is_layer(lab, n, parts[n])), None)
    return Observation(
        "linearity_audit", {"linear": [] if number is None else [_fact(lab, plain, parts, number)]}
    )


def _is_layer(lab: Lab, place: Place, names: list[str]) -> bool:
    """Whether parameters are weights of layers: matrices, or a row of weights at a product; a row may scale as well."""
    if all(is_matrix(lab.truth.values[name]) for name in names):
        return True
    node = lab.tracer.source.sites[place[0]].node
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.MatMult)
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"dot", "matmul"}


def _moves(lab: Lab, plain: Arrays) -> bool:
    rng = np.random.default_rng(lab.seed)
    return bool(plain) and move_inputs(lab.program.start(), lab.wiring.inputs, rng, 0.0)


def _values(lab: Lab, values: Values, share: float) -> Arrays:
    """The first arrays that each expression of the loss gives, with the inputs a share of the way to others."""

    def ask(live: Live) -> object:
        live.set(values)
        move_inputs(live, lab.wiring.inputs, np.random.default_rng([lab.seed, 0x13]), share)
        return live.loss()

    with np.errstate(all="ignore"):
        seen = lab.tracer.recording(ask).seen
    return {
        (number, time): value
        for number, record in seen.items()
        for time, value in enumerate(record.values)
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 1
    }


def _is_affine(one: NDArray[Any], other: NDArray[Any] | None, middle: NDArray[Any] | None) -> bool:
    if other is None or middle is None or not one.shape == other.shape == middle.shape:
        return False
    size = float(np.max(np.abs(other - one)))
    return 0.0 < size < np.inf and float(np.max(np.abs(middle - 0.5 * (one + other)))) <= AFFINE * size


def _follows(slope: NDArray[Any], other: NDArray[Any]) -> bool:
    if slope.shape != other.shape:
        return False
    return float(np.max(np.abs(other - slope))) > FOLLOWS * float(np.max(np.abs(slope)))


def _fact(lab: Lab, plain: Arrays, parts: dict[Place, list[str]], place: Place) -> dict[str, Any]:
    source = lab.tracer.source
    site = source.sites[place[0]]
    layer = [
        n for n, names in parts.items() if len(names) == 1 and source.sites[n[0]].statement == site.statement
    ]
    order = list(plain)
    before = order[: order.index(place)]
    handed = [
        source.sites[n].line
        for n, time in before
        if layer
        and np.array_equal(plain[n, time], plain[layer[-1]])
        and isinstance(source.statement_of(source.sites[n]).node, ast.Assign)
        and source.sites[n].parent == source.sites[n].statement
    ]
    lines = list(dict.fromkeys([*handed[-1:], site.line]))
    return {"line": lines[0], "lines": lines, "text": source.text(site), "parameters": parts[place]}
