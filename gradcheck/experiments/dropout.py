"""Compare training with evaluation: a mask must leave the mean of what it lets through as it is."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.objects import is_plain_object
from gradcheck.subject.patience import OutOfTimeError, patience

SIZE = 40_000
DEVIATIONS = 6.0
DEPTH = 3


def dropout_audit(lab: Lab) -> Observation:
    """Facts: `masks`, a list of {owner, method, line, ratio}: layers whose mask multiplies the mean by a ratio."""
    live = lab.program.start()
    masks = []
    for owner in _objects([value for name, value in live.scope.items() if name not in {"m", "np"}]):
        for name, method in inspect.getmembers(owner, inspect.ismethod):
            live.randomness.restore()  # the same masks whatever ran before, so that a repair is of the same find
            ratio = None if name.startswith("__") else _ratio(method)
            if ratio is not None:
                line = method.__func__.__code__.co_firstlineno
                masks.append({"owner": type(owner).__name__, "method": name, "line": line, "ratio": ratio})
    return Observation("dropout_audit", {"masks": masks})


def _ratio(method: Any) -> float | None:
    """Mean with the mask over mean without, where a second argument switches a mask and the two differ for certain."""
    if len(inspect.signature(method).parameters) != 2:
        return None
    ones = np.ones((SIZE // 4, 4))
    try:
        with patience(1.0), np.errstate(all="ignore"):
            masked, plain = (np.asarray(method(ones.copy(), flag), dtype=float) for flag in (True, False))
    except (Exception, OutOfTimeError):  # noqa: BLE001 -- any method of the user's may be tried here, and may refuse
        return None
    kept = float(np.mean(masked != 0.0)) if masked.shape == ones.shape else 1.0
    if plain.shape != ones.shape or not np.all(plain == 1.0) or not 0.01 < kept < 0.99:
        return None
    spread = float(np.std(masked)) / np.sqrt(SIZE)
    ratio = float(np.mean(masked))
    return ratio if abs(ratio - 1.0) > DEVIATIONS * spread else None


def _objects(values: list[Any], depth: int = 0) -> Iterator[Any]:
    """Plain objects in some values, and what they hold."""
    for value in values:
        if isinstance(value, list | tuple) and len(value) < 64 and depth < DEPTH:
            yield from _objects(list(value), depth + 1)
        elif is_plain_object(value) and depth < DEPTH:
            yield value
            yield from _objects(list(vars(value).values()), depth + 1)
