"""Go half-way between two values of a layer: what then is half-way, too, is affine, however many layers it took."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
SMALL = 1e-3
# Of the size of a weight matrix, by which it is varied: a larger step may take max(z) to another entry, and its slope.
MOST = 12
# Weight matrices to vary.
DEEPEST = 6
# Layers to start from.

Place = tuple[int, int]
# The number of an expression, and how often it had been evaluated before: a loop over layers meets it once a layer.
Arrays = dict[Place, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Move:
    """One run of the loss with a value moved.

    Attributes:
        values: the parameters.
        share: how far of the way to another value.
        root: the expression whose value is moved; None for the inputs.
        way: from its value to the other one; None for the inputs.
    """

    values: Values
    share: float = 0.0
    root: Place | None = None
    way: NDArray[np.float64] | None = None


def linearity_audit(lab: Lab) -> Observation:
    """Facts: `linear`, at most one of {line, lines, text, parameters}: where a second layer takes a linear first one.

    `text` is an affine function of the inputs, or of what a layer below made, whose slope depends on both weight
    matrices, `parameters`; `lines` has the line that last handed on what the first of them made, then the one that
    multiplies by the second.
    """
    names = [name for name, value in lab.truth.values.items() if value.ndim > 1][:MOST]
    base = ordinary(lab.truth.values, np.random.default_rng([lab.seed, 0x11]))
    plain = _run(lab, Move(base)) if len(names) > 1 else {}
    roots: list[Place | None] = [None] if plain and _moves(lab) else []
    for root in [*roots, *list(_layers(lab, plain, [base[name] for name in names]))[:DEEPEST]]:
        way = None if root is None else _away(lab, plain[root])
        found = _linear_from(lab, plain, names, Move(base, root=root, way=way))
        if found is not None:
            return Observation("linearity_audit", {"linear": [found]})
    return Observation("linearity_audit", {"linear": []})


def _linear_from(lab: Lab, plain: Arrays, names: list[str], still: Move) -> dict[str, Any] | None:
    """The first expression whose slope with a value is a product of two weight matrices."""
    far, middle = _run(lab, replace(still, share=1.0)), _run(lab, replace(still, share=0.5))
    affine = [n for n in plain if _is_affine(plain[n], far.get(n), middle.get(n))]
    parts: dict[Place, list[str]] = {n: [] for n in affine}
    for name in names if affine else []:
        more = SMALL * ordinary(still.values, np.random.default_rng([lab.seed, 0x12]))[name]
        moved = replace(still, values={**still.values, name: still.values[name] + more})
        one, two = _run(lab, moved), _run(lab, replace(moved, share=1.0))
        for n in affine:
            if n in one and n in two and _follows(far[n] - plain[n], two[n] - one[n]):
                parts[n].append(name)
    place = next(
        (n for n in affine if len(parts[n]) > 1 and _is_layer(lab, n, parts[n]) and _matters(lab, n)), None
    )
    return None if place is None else _fact(lab, plain, parts, place)


def _layers(lab: Lab, plain: Arrays, weights: list[NDArray[Any]]) -> Iterator[Place]:
    """What is multiplied by weights, where it is computed: the value that every use of it has."""
    order = list(plain)
    known: set[Place] = set()
    for at, place in enumerate(order):
        sides = [(lab.tracer.source.site_of(side).number, place[1]) for side in _factors(lab, place)]
        values = [plain[side] for side in sides if side in plain]
        layer = [value for value in values if not _is_one_of(value, weights)]
        if len(values) == len(layer) + 1 == 2:
            made = [n for n in order[:at] if _computes(lab, n) and np.array_equal(plain[n], layer[0])]
            if made and made[-1] not in known:
                known.add(made[-1])
                yield made[-1]


def _is_one_of(value: NDArray[Any], weights: list[NDArray[Any]]) -> bool:
    return any(np.array_equal(value, w) or np.array_equal(value, w.T) for w in weights)


def _factors(lab: Lab, place: Place) -> list[ast.expr]:
    """The two sides of a matrix product."""
    node = lab.tracer.source.sites[place[0]].node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return [node.left, node.right]
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"dot", "matmul"}
    ):
        return [*node.args, node.func.value][:2]
    return []


def _computes(lab: Lab, place: Place) -> bool:
    return not isinstance(lab.tracer.source.sites[place[0]].node, ast.Name | ast.Attribute | ast.Subscript)


def _is_layer(lab: Lab, place: Place, names: list[str]) -> bool:
    """Whether parameters are weights of layers: matrices, or a row of weights at a product; a row may scale as well."""
    if all(is_matrix(lab.truth.values[name]) for name in names):
        return True
    return bool(_factors(lab, place))


def _matters(lab: Lab, place: Place) -> bool:
    """Whether the loss depends on an expression: one function may compute the gradient as well."""
    plain, other = (
        lab.tracer.loss_with(change) for change in ({}, {place[0]: lambda value: 1.5 * value + 0.1})
    )
    return plain is not None and plain != other


def _moves(lab: Lab) -> bool:
    return move_inputs(lab.program.start(), lab.wiring.inputs, np.random.default_rng(lab.seed), 0.0)


def _run(lab: Lab, move: Move) -> Arrays:
    """The first arrays that each expression of the loss gives, with a value moved."""
    rng = np.random.default_rng([lab.seed, 0x13])
    recorder = lab.tracer.recorder

    def ask(live: Live) -> object:
        live.set(move.values)
        if move.root is None or move.way is None:
            move_inputs(live, lab.wiring.inputs, rng, move.share)
        else:
            recorder.disturb = {move.root[0]: _Shift(move.root[1], move.share * move.way)}
        return live.loss()

    with np.errstate(all="ignore"):
        seen = lab.tracer.recording(ask).seen
    return {
        (number, time): value
        for number, record in seen.items()
        for time, value in enumerate(record.values)
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 1
    }


@dataclass(slots=True)
class _Shift:
    """Adds to a value the nth time that it is computed."""

    left: int
    step: NDArray[Any]

    def __call__(self, value: Any) -> Any:
        self.left -= 1
        fits = isinstance(value, np.ndarray) and value.shape == self.step.shape
        return value + self.step if self.left == -1 and fits else value


def _away(lab: Lab, value: NDArray[Any]) -> NDArray[np.float64]:
    """A way to another value, past 0 and far enough that every kink on it is passed; the same for all parameters."""
    spread = float(np.std(value)) or 1.0
    noise = np.random.default_rng([lab.seed, 0x14]).standard_normal(value.shape)
    away: NDArray[np.float64] = spread * noise - 3.0 * value
    return away


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
    inner = [n for n, names in parts.items() if len(names) == 1]
    layer = [n for n in inner if source.sites[n[0]].statement == site.statement]
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
