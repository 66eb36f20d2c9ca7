"""Softmax of a softmax: a matrix of probabilities, or of their logarithms, that is the softmax of probabilities."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation


def softmax_twice(lab: Lab) -> Observation:
    """Facts: `twice`, a list of {line, text, low, high}: where the second softmax is taken, and its outputs' bounds.

    With logits in (0, 1) no probability of K classes leaves [1 / (1 + (K - 1) e), e / (e + K - 1)]: `low`, `high`.
    """
    seen = lab.tracer.recording(lambda live: live.loss()).seen
    source = lab.tracer.source
    values = {number: _from_logarithms(record.values[0]) for number, record in seen.items()}
    tables = {number: value for number, value in values.items() if _probabilities(value)}
    twice: list[dict[str, Any]] = []
    for number, outer in tables.items():
        axes = [axis for axis in (0, 1) if np.allclose(outer.sum(axis=axis), 1.0)]
        fed = any(_is_softmax_of(outer, inner, axis) for inner in tables.values() for axis in axes)
        if fed:
            site = source.sites[number]
            classes = outer.shape[axes[0]]
            low, high = 1.0 / (1.0 + (classes - 1) * np.e), np.e / (np.e + classes - 1)
            twice.append(
                {"line": site.line, "text": source.text(site), "low": float(low), "high": float(high)}
            )
    calls = [fact for fact in twice if _is_nested(fact["text"])]
    return Observation("softmax_twice", {"twice": calls or twice})


def _is_nested(text: str) -> bool:
    """Whether an expression calls a function with what another returned: softmax(softmax(z))."""
    node = ast.parse(text, mode="eval").body
    return isinstance(node, ast.Call) and any(isinstance(argument, ast.Call) for argument in node.args)


def _from_logarithms(value: object) -> Any:
    """What a value is; what it is the logarithm of, where it could be that of probabilities."""
    if isinstance(value, np.ndarray) and value.ndim == 2 and value.dtype.kind == "f" and value.size:
        return np.exp(value) if value.max() <= 0.0 else value
    return value


def _probabilities(value: object) -> bool:
    """Whether a value is a matrix of positive numbers whose rows, or columns, sum to one, and are not all alike."""
    if (
        not isinstance(value, np.ndarray)
        or value.ndim != 2
        or value.dtype.kind != "f"
        or min(value.shape) < 2
    ):
        return False
    sums = any(np.allclose(value.sum(axis=axis), 1.0) for axis in (0, 1))
    return bool(sums and value.min() > 0.0 and np.ptp(value) > 1e-6)


def _is_softmax_of(outer: NDArray[np.float64], inner: NDArray[np.float64], axis: int) -> bool:
    if inner.shape != outer.shape or not np.allclose(inner.sum(axis=axis), 1.0):
        return False
    powers = np.exp(inner)
    return bool(np.allclose(outer, powers / powers.sum(axis=axis, keepdims=True), rtol=1e-9, atol=0.0))
