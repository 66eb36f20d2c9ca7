"""Copies of a program's state in which arrays that shared memory go on sharing it.

`copy.deepcopy` copies a view as an array of its own. For a network whose matrices are views of one flat vector the
copies would then be other numbers than the vector that the code reads.
"""

from __future__ import annotations

import copy
import types
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.objects import is_plain_object

T = TypeVar("T")
DEPTH = 8


def copy_state(state: T, namespaces: tuple[Mapping[str, Any], ...]) -> T:
    """A deep copy of a program's state, with its aliasing, views included; modules are left alone.

    Args:
        state: what to copy.
        namespaces: the namespaces in it, in which to look for views and modules.

    Example:
        >>> theta = np.zeros(4)
        >>> state = {"theta": theta, "W": theta[:2].reshape(1, 2)}
        >>> copied = copy_state(state, (state,))
        >>> copied["W"][...] = 1.0
        >>> copied["theta"]
        array([1., 1., 0., 0.])
    """
    memo: dict[int, Any] = {}
    arrays: dict[int, NDArray[Any]] = {}
    for namespace in namespaces:
        memo.update({id(value): value for value in namespace.values() if isinstance(value, types.ModuleType)})
        for value in namespace.values():
            arrays.update((id(array), array) for array in _arrays(value, DEPTH))
    _share(arrays, memo)
    return copy.deepcopy(state, memo)


def _share(arrays: Mapping[int, NDArray[Any]], memo: dict[int, Any]) -> None:
    """Put copies of all arrays that share memory into the memo, views of copied owners again."""
    owners: dict[int, list[NDArray[Any]]] = {}
    for array in arrays.values():
        owner = _owner(array)
        if owner is not None:
            owners.setdefault(id(owner), [owner]).append(array)
    for owner, *views in owners.values():
        others = [view for view in views if view is not owner]
        if (
            not others
            or owner.dtype.kind == "O"
            or not (owner.flags.c_contiguous or owner.flags.f_contiguous)
        ):
            continue
        memory = owner.copy(order="K")
        memo[id(owner)] = memory
        start = owner.__array_interface__["data"][0]
        for view in others:
            offset = view.__array_interface__["data"][0] - start
            memo[id(view)] = np.ndarray(view.shape, view.dtype, memory.ravel("K"), offset, view.strides)


def _owner(array: NDArray[Any]) -> NDArray[Any] | None:
    """The array whose memory an array is in; None where that is no array."""
    owner: Any = array
    while isinstance(owner, np.ndarray) and owner.base is not None:
        owner = owner.base
    return owner if isinstance(owner, np.ndarray) else None


def _arrays(value: Any, depth: int) -> Iterator[NDArray[Any]]:
    """The arrays that a value holds, through containers and plain objects."""
    if isinstance(value, np.ndarray):
        yield value
    elif depth and isinstance(value, list | tuple) and len(value) < 1000:
        for item in value:
            yield from _arrays(item, depth - 1)
    elif depth and isinstance(value, dict):
        for item in value.values():
            yield from _arrays(item, depth - 1)
    elif depth and is_plain_object(value) and not callable(value):
        for item in vars(value).values():
            yield from _arrays(item, depth - 1)
