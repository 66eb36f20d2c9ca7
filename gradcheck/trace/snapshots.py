"""Snapshots: the numbers that local names reach, as they stand before a statement that may overwrite them."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.objects import is_plain_object

DEPTH = 3
MANY = 24
# A container with more items than this is data, not a handful of layers.

Memo = dict[int, NDArray[Any]]


def snapshot(names: Mapping[str, Any], memo: Memo) -> dict[str, Any]:
    """Local names with every array that they reach copied; an array that has not changed is copied once.

    Objects become plain namespaces of their attributes, so that no code of theirs runs.

    Args:
        names: the local names.
        memo: the copies so far, by the identity of what was copied; written to.

    Example:
        >>> weights = np.ones(2)
        >>> kept = snapshot({"w": weights}, {})
        >>> weights -= 1.0
        >>> kept["w"]
        array([1., 1.])
    """
    return {name: _copied(value, memo, DEPTH) for name, value in names.items() if not name.startswith("__")}


def _copied(value: Any, memo: Memo, depth: int) -> Any:
    if isinstance(value, np.ndarray):
        return _array(value, memo)
    if isinstance(value, list | tuple | dict) and len(value) > MANY:
        return value
    if isinstance(value, list | tuple) and depth:
        items = [_copied(item, memo, depth - 1) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict) and depth:
        return {key: _copied(item, memo, depth - 1) for key, item in value.items()}
    if depth and is_plain_object(value) and not callable(value):
        held = types.SimpleNamespace()
        vars(held).update({key: _copied(item, memo, depth - 1) for key, item in vars(value).items()})
        return held
    return value


def _array(value: NDArray[Any], memo: Memo) -> NDArray[Any]:
    known = memo.get(id(value))
    if known is None or known.dtype != value.dtype or not _equal(known, value):
        known = memo[id(value)] = value.copy()
    return known


def _equal(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
