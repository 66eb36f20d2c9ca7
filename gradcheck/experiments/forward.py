"""What the forward pass looks like from outside: how parameters start, activations as written, the outputs."""

from __future__ import annotations

import ast

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.program import Live

UNIFORM = 1e-3


def forward_pass(lab: Lab) -> Observation:
    """Facts: `start`, parameter -> "zero", "constant" or "spread": how its entries begin."""
    start = {name: _start(value) for name, value in lab.program.start().parameters().items()}
    return Observation("forward_pass", {"start": start})


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
