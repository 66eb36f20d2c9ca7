"""What the forward pass looks like from outside: outputs, hidden activations, the loss at the start."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.program import Live

UNIFORM = 1e-3
SATURATED_TANH = 0.99
DEAD = 1e-5
# TheDeepChecker: a unit is dead where the 95th percentile of |h| is below 1e-5.


def forward_pass(lab: Lab) -> Observation:
    """Facts: `layers` (activations), `classes` (K or 0), `initial_loss`, `chance_loss` (ln K or None), `start`.

    A layer is {line, text, kind, units, samples, dead, saturated}: the shares of units that are dead and of values
    that are saturated. `start` maps a parameter to "zero", "constant" or "spread": how its entries begin.
    """
    recorder = lab.tracer.recording(lambda live: live.loss())
    source = lab.tracer.source
    widths = {n for value in lab.truth.values.values() for n in value.shape}
    layers = []
    for number in sorted(recorder.seen):
        site, value = source.sites[number], recorder.seen[number].values[0]
        kind = activation_kind(site.node, value)
        if kind and isinstance(value, np.ndarray) and value.ndim == 2 and np.all(np.isfinite(value)):
            rows = value if value.shape[1] in widths else value.T
            layers.append({"line": site.line, "text": source.text(site), "kind": kind, **_health(rows, kind)})
    classes = next((int(layer["units"]) for layer in layers if layer["kind"] == "softmax"), 0)
    return Observation(
        "forward_pass",
        {
            "layers": layers,
            "classes": classes,
            "initial_loss": lab.truth.loss,
            "chance_loss": float(np.log(classes)) if classes > 1 else None,
            "start": {name: _start(value) for name, value in lab.program.start().parameters().items()},
        },
    )


def activation_kind(node: ast.AST, value: object) -> str:
    """Which activation an expression computes: tanh, relu, sigmoid, softmax, or none that is known."""
    name = getattr(getattr(node, "func", None), "attr", "")
    if isinstance(node, ast.Call) and name == "tanh":
        return "tanh"
    if isinstance(node, ast.Call) and name == "maximum" and any(_is_number(a, 0) for a in node.args):
        return "relu"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and isinstance(node.right, ast.Compare):
        return "relu"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        if _is_number(node.left, 1) and "exp" in {getattr(n, "attr", "") for n in ast.walk(node.right)}:
            return "sigmoid"
        if isinstance(value, np.ndarray) and value.ndim == 2 and value.size and value.min() >= 0.0:
            sums = [value.sum(axis=axis) for axis in (1, 0) if value.shape[axis] > 1]
            return "softmax" if any(np.allclose(total, 1.0) for total in sums) else ""
    return ""


def _is_number(node: ast.AST, number: int) -> bool:
    return isinstance(node, ast.Constant) and node.value == number


def _health(rows: NDArray[np.float64], kind: str) -> dict[str, Any]:
    """The state of a layer from its values, samples as rows."""
    saturated = {
        "tanh": np.abs(rows) > SATURATED_TANH,
        "sigmoid": (rows < 1.0 - SATURATED_TANH) | (rows > SATURATED_TANH),
    }.get(kind, np.zeros(rows.shape, dtype=bool))
    return {
        "samples": rows.shape[0],
        "units": rows.shape[1],
        "dead": float(np.mean(np.percentile(np.abs(rows), 95, axis=0) < DEAD)),
        "saturated": float(np.mean(saturated)),
    }


def _start(value: NDArray[np.float64]) -> str:
    if not np.any(value):
        return "zero"
    return "constant" if value.size > 1 and np.all(value == value.flat[0]) else "spread"


def outputs_of(live: Live, expression: str) -> NDArray[np.float64] | None:
    """The network's outputs by an expression; None where it is empty, raises, or gives no matrix."""
    if not expression:
        return None
    try:
        value = live.evaluate(expression)
    except GradcheckError:
        return None
    array = np.asarray(value)
    return array.astype(float) if array.ndim == 2 and array.dtype.kind in "fiub" else None
