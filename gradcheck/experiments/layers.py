"""The hidden layers of a network, known by their values: each is an activation of another array that was seen."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.forward import activation_kind, outputs_of
from gradcheck.experiments.lab import Lab
from gradcheck.subject.program import Live, Values
from gradcheck.subject.whole import whole_of

Array = NDArray[np.float64]

DEAD = 1e-5
# A unit is dead where the 95th percentile of |h| is below this: TheDeepChecker (Ben Braiek and Khomh 2023).
FLAT = 5.0
# A tanh or sigmoid is saturated where |z| is at least this: DeepDiagnosis (Wardat et al. 2022).
SHARE = 0.5
# A layer is dead, or saturated, where more than this share of it is: all of the tools above.


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))


ACTIVATIONS: Mapping[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "relu": lambda z: np.maximum(z, 0.0),
    "softplus": lambda z: np.logaddexp(0.0, z),
}
BOUNDED = {"tanh", "sigmoid"}
# Those that can be saturated.


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The values of one hidden layer over the samples.

    Attributes:
        line: where they are computed.
        text: the expression.
        kind: tanh, sigmoid, relu, softplus or leaky.
        values: h, (samples, units).
    """

    line: int
    text: str
    kind: str
    values: Array

    @property
    def dead(self) -> float:
        """Share of the units that are zero for nearly every sample; 0 where there is one sample only."""
        if len(self.values) < 2:
            return 0.0
        return float(np.mean(np.percentile(np.abs(self.values), 95, axis=0) < DEAD))

    @property
    def saturated(self) -> float:
        """Share of the values whose activation is flat there; 0 for one without bounds."""
        if self.kind not in BOUNDED:
            return 0.0
        centred = self.values if self.kind == "tanh" else 2.0 * self.values - 1.0
        bound = np.tanh(FLAT) if self.kind == "tanh" else np.tanh(0.5 * FLAT)
        return float(np.mean(np.abs(centred) >= bound))

    @property
    def apart(self) -> float:
        """How far its units differ, at the most, as a share of its largest value; 0 where all are copies of one."""
        largest = float(np.max(np.abs(self.values), initial=0.0))
        return float(np.max(np.ptp(self.values, axis=1))) / largest if largest > 0.0 else 0.0


def layers_at_start(lab: Lab) -> list[Layer]:
    """The hidden layers at the code's own start; ask for them by `lab.once`."""
    return layers_at(lab)


def layers_at(
    lab: Lab, start: Values | None = None, before: Callable[[Live], None] | None = None
) -> list[Layer]:
    """The hidden layers over all the data, in the order in which they are computed.

    Args:
        lab: the subject.
        start: parameters to set first.
        before: what to do to the network first, such as to change its data.
    """
    whole = whole_of(lab.wiring)
    outputs: list[Array] = []

    def ask(live: Live) -> object:
        if before is not None:
            before(live)
        if start is not None:
            live.set(start)
        given = outputs_of(live, whole.outputs)
        outputs.extend([] if given is None else [given])
        return live.evaluate(whole.loss)

    layers = _layers(lab, lab.tracer.recording(ask).seen)
    return [layer for layer in layers if not _is_output(lab, layer, layers, outputs)]


def _layers(lab: Lab, seen: Mapping[int, Any]) -> list[Layer]:
    source = lab.tracer.source
    widths = {n for value in lab.truth.values.values() for n in value.shape}
    functions = {s.function.rpartition(".")[2] for s in source.sites}
    known: dict[bytes, Array] = {}
    found: dict[bytes, Layer] = {}
    spans: dict[bytes, tuple[int, int]] = {}
    for number, sighting in seen.items():
        site = source.sites[number]
        if _is_elsewhere(site.node, functions):
            continue
        for value in (value for value in sighting.values if _is_table(value)):
            array = np.asarray(value, dtype=float) + 0.0  # no zero is negative
            key = array.tobytes()
            kind = "" if key in found or _is_weighing(site.node) else _kind(site.node, array, known)
            if kind:
                rows = array if array.shape[1] in widths and array.shape[1] > 1 else array.T
                found[key] = Layer(site.line, source.text(site), kind, rows)
                spans[key] = site.start, site.end
            known.setdefault(key, array)
    whole = {key for key in found if not any(_inside(spans[key], span) for span in spans.values())}
    return [layer for key, layer in found.items() if key in whole and layer.values.shape[1] in widths - {1}]


def _inside(span: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether an expression is a part of another: of a sigmoid by a softplus, that is no layer of its own."""
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def _is_output(lab: Lab, layer: Layer, layers: list[Layer], outputs: list[Array]) -> bool:
    """Whether a layer is what the network answers; without outputs, the last one of the last parameter's width."""
    if outputs:
        both = (outputs[0], outputs[0].T)
        return any(o.shape == layer.values.shape and np.allclose(o, layer.values) for o in both)
    last = list(lab.truth.values.values())[-1]
    return layer is layers[-1] and layer.values.shape[1] in last.shape


def _kind(node: ast.AST, value: Array, known: Mapping[bytes, Array]) -> str:
    """Which activation gives an array from one that was seen before, or, failing that, by how it is written."""
    for kind, activation in ACTIVATIONS.items():
        for other in known.values():
            if other.shape == value.shape and np.any(other != value):
                with np.errstate(over="ignore"):
                    if np.allclose(activation(other), value, rtol=1e-9, atol=1e-12):
                        return kind
    if any(_is_leaky(other, value) for other in known.values() if other.shape == value.shape):
        return "leaky"
    written = activation_kind(node, value)
    return written if written in ACTIVATIONS else ""


def _is_leaky(z: Array, value: Array) -> bool:
    """Whether an array is another with what is below zero multiplied by one number less than 1."""
    below = z < 0.0
    if not below.any() or below.all() or not np.array_equal(value[~below], z[~below]):
        return False
    slopes = value[below] / z[below]
    return bool(0.0 < slopes[0] < 1.0 and np.allclose(slopes, slopes[0], rtol=1e-9))


def _is_elsewhere(node: ast.AST, functions: set[str]) -> bool:
    """Whether an expression reads, or is handed by a function of the file, what was computed on another line."""
    called = node.func if isinstance(node, ast.Call) else None
    own = getattr(called, "attr", getattr(called, "id", "")) in functions - {""}
    return own or isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _is_weighing(node: ast.AST) -> bool:
    """Whether an expression is a product of matrices, or adds something to one: what comes before an activation."""
    summed = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult | ast.Add)
    return summed or (
        isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"dot", "matmul", "einsum"}
    )


def _is_table(value: Any) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.ndim == 2
        and value.dtype.kind == "f"
        and max(value.shape) > 1
        and bool(np.all(np.isfinite(value)))
    )
