"""Which array is the gradient of which parameter: by the direction of the update, else by shape and name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.discover.observation import Moved

PARALLEL = 1e-9


def parallel(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether two arrays are multiples of each other."""
    a, b = one.ravel(), other.ravel()
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return bool(size > 0 and np.isfinite(size) and abs(float(a @ b)) >= (1 - PARALLEL) * size)


def same_signs(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether two arrays have the same signs, up to one for all: an adaptive step keeps no more than that."""
    a, b = np.sign(one.ravel()), np.sign(other.ravel())
    return bool(a.any() and (np.array_equal(a, b) or np.array_equal(a, -b)) and len(a) > 2)


def match(
    params: Mapping[str, Moved], parts: Sequence[tuple[str, NDArray[np.float64]]]
) -> tuple[dict[str, str], float]:
    """Which part is the gradient of which parameter, and the share that the update confirms."""
    chosen: dict[str, str] = {}
    used: set[int] = set()
    confirmed = 0
    moving = [name for name, moved in params.items() if moved.moved]
    for test in (parallel, same_signs):
        for name in moving:
            if name in chosen:
                continue
            update = params[name].update
            fits = [
                i
                for i, (suffix, part) in enumerate(parts)
                if i not in used and part.shape == update.shape and test(update, part)
            ]
            if fits:
                best = min(fits, key=lambda i: (-alike(name, parts[i][0]), i))
                chosen[name] = parts[best][0]
                used.add(best)
                confirmed += 1
    for name, moved in params.items():
        if name in chosen:
            continue
        fits = [i for i, (_, part) in enumerate(parts) if i not in used and part.shape == moved.before.shape]
        if fits:
            best = min(fits, key=lambda i: (-alike(name, parts[i][0]), i))
            chosen[name] = parts[best][0]
            used.add(best)
    return chosen, confirmed / max(len(moving), 1)


def alike(one: str, other: str) -> float:
    """How alike two names are once what says "gradient" is taken away."""
    a, b = _stem(one), _stem(other)
    if a == b:
        return 1.0
    common = len(set(re.findall(r"[a-z]+|\d+", a)) & set(re.findall(r"[a-z]+|\d+", b)))
    return 0.5 * common / max(len(re.findall(r"[a-z]+|\d+", a)), 1)


def _stem(name: str) -> str:
    text = re.sub(r"(gradients?|grads?|delta|deriv|nabla|_g$|^g_)", "", name.lower())
    text = re.sub(r"(^|[^a-z])d_?(?=[a-z])", r"\1", text)
    return re.sub(r"[^a-z0-9\[\].]", "", text)
