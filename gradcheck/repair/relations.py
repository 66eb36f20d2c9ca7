"""Relations: what a wrong quantity was to the right one, read off their values before and after a repair.

The edit tells what to write; the relation tells what was wrong: a factor act'(z) too few, one too many, another
activation's, a sign, a constant, a transpose, logits where probabilities belong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.repair.terms import Term

CLOSE = 1e-7
Array = NDArray[np.float64]


def relation(old: Any, new: Any, terms: list[Term]) -> str:
    """The name of what `old` is to `new`; empty where it is nothing simple.

    One of "sign", "scale", "transposed", "missing-derivative", "extra-derivative", "derivative-at-activation",
    "activation-for-derivative", "other-derivative", "logits", "argmax", "misaligned".

    Args:
        old: the value before the repair.
        new: the value after it.
        terms: numbers and arrays in scope.
    """
    if not (_is_float(old) and _is_float(new)):
        return ""
    a, n = np.asarray(old, dtype=float), np.asarray(new, dtype=float)
    finite = a.size > 0 and bool(np.all(np.isfinite(a)) and np.all(np.isfinite(n)))
    if not finite or (a.shape == n.shape and _near(a, n)):
        return ""
    if a.shape != n.shape:
        return "transposed" if a.T.shape == n.shape and _near(a.T, n) else ""
    arrays = [np.asarray(t.value, dtype=float) for t in terms if t.shape == a.shape and _is_float(t.value)]
    return _by_shape(a, n) or _by_labels(a, n, arrays) or _by_derivative(a, n, arrays)


def _by_shape(a: Array, n: Array) -> str:
    """Whether the one is a multiple of the other, or holds its entries elsewhere."""
    k = _multiple(a, n)
    if k is not None:
        return "sign" if abs(k + 1.0) < CLOSE else "scale"
    return "transposed" if a.ndim == 2 and _near(np.sort(a.ravel()), np.sort(n.ravel())) else ""


def _by_derivative(a: Array, n: Array, arrays: list[Array]) -> str:
    """Whether new = old * d, old = new * d, or old / d' = new / d, for derivatives d, d' of what is in scope."""
    right = [(h, d) for h in arrays for d in _derivatives(h)]
    tests: tuple[tuple[str, Callable[[Array, Array], bool]], ...] = (
        ("missing-derivative", lambda _h, d: _near(n, a * d)),
        ("extra-derivative", lambda _h, d: _near(a, n * d)),
        ("activation-for-derivative", lambda h, d: _near(a * d, n * h) or _near(a * d, n * (1.0 - h))),
        ("derivative-at-activation", lambda h, d: _near(a * d, n * (1.0 - np.tanh(h) ** 2))),
        ("other-derivative", lambda _h, d: any(_near(a * d, n * wrong) for _, wrong in right)),
    )
    for name, holds in tests:
        if any(holds(h, d) for h, d in right):
            return name
    return ""


def _derivatives(h: Array) -> Iterator[Array]:
    """act'(z) for what may be an activation h or its argument z: tanh, sigmoid, ReLU."""
    if np.all(np.abs(h) <= 1.0):
        yield 1.0 - h**2
    if np.all((h >= 0.0) & (h <= 1.0)):
        yield h * (1.0 - h)
    yield 1.0 - np.tanh(h) ** 2
    yield (h > 0.0).astype(float)
    with np.errstate(over="ignore"):
        s = 1.0 / (1.0 + np.exp(-h))
    yield s * (1.0 - s)


def _by_labels(a: Array, n: Array, arrays: list[Array]) -> str:
    """Whether the difference is that of logits and probabilities, of decisions and probabilities, of two codings."""
    difference = a - n
    for p in (p for p in arrays if p.ndim == 2 and np.all(p >= 0.0) and np.allclose(p.sum(axis=1), 1.0)):
        decided = np.zeros_like(p)
        decided[np.arange(len(p)), p.argmax(axis=1)] = 1.0
        if _multiple(difference, decided - p) is not None:
            return "argmax"
        for z in arrays:
            if z is not p and _multiple(difference, z - p) is not None:
                return "logits"
    if a.ndim == 2 and a.shape[1] > 1:
        size = np.max(np.abs(difference))
        steps = difference / size
        if np.allclose(steps, np.round(steps)) and np.allclose(steps.sum(axis=1), 0.0):
            return "misaligned"
    return ""


def _multiple(a: Array, b: Array) -> float | None:
    power = float(np.sum(b * b))
    if power == 0.0:
        return None
    k = float(np.sum(a * b)) / power
    return k if abs(k) > CLOSE and _near(a, k * b) else None


def _near(a: Array, b: Array) -> bool:
    size = max(float(np.max(np.abs(a))), float(np.max(np.abs(b))))
    return size == 0.0 or float(np.max(np.abs(a - b))) <= CLOSE * size


def _is_float(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiu" and value.size > 0
    return isinstance(value, float | int | np.number) and not isinstance(value, bool)
