"""Replaying randomness: every generator that user code can reach is put back to the same state before each call."""

from __future__ import annotations

import random
import types
from collections.abc import Iterable
from typing import Any

import numpy as np

_DEPTH = 4


def seed_everything(seed: int) -> None:
    """Seed numpy's legacy generator and the standard library's."""
    np.random.seed(seed % 2**32)  # noqa: NPY002 -- user code draws from the legacy generator
    random.seed(seed)


class GlobalState:
    """The state of the generators that belong to nobody: numpy's legacy one and the standard library's."""

    def __init__(self) -> None:
        self._legacy = _legacy_state()
        self._standard = random.getstate()

    def __deepcopy__(self, memo: dict[int, Any]) -> GlobalState:
        return self  # never changed after it was taken, and slow to copy

    def moved(self) -> bool:
        """Whether either has been drawn from since."""
        legacy, then = (state["state"] for state in (_legacy_state(), self._legacy))
        same = legacy["pos"] == then["pos"] and np.array_equal(legacy["key"], then["key"])
        return not (same and random.getstate() == self._standard)

    def restore(self) -> None:
        """Put both back."""
        np.random.set_state(self._legacy)  # noqa: NPY002 -- as above
        random.setstate(self._standard)


class Randomness:
    """The state of every random generator reachable from some namespaces, to be restored at will.

    A deep copy together with those namespaces belongs to the copied generators.

    Args:
        namespaces: where to look for generator objects; the global generators are always included.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> state = Randomness([{"rng": rng}])
        >>> first = rng.random()
        >>> state.restore()
        >>> first == rng.random()
        True
    """

    def __init__(self, namespaces: Iterable[dict[str, Any]]) -> None:
        self._global = GlobalState()
        self._found: list[tuple[Any, Any]] = [
            (generator, _state(generator)) for generator in _generators(namespaces)
        ]

    def moved(self) -> bool:
        """Whether any generator has been drawn from since."""
        return self._global.moved() or any(
            repr(_state(generator)) != repr(state) for generator, state in self._found
        )

    def restore(self) -> None:
        """Put every generator back to the state it had."""
        self._global.restore()
        for generator, state in self._found:
            _set_state(generator, state)


def _legacy_state() -> dict[str, Any]:
    state = np.random.get_state(legacy=False)  # noqa: NPY002 -- user code draws from the legacy generator
    assert isinstance(state, dict)
    return state


def _generators(namespaces: Iterable[dict[str, Any]]) -> list[Any]:
    found: list[Any] = []
    seen: set[int] = set()
    pending = [(value, 0) for namespace in namespaces for value in namespace.values()]
    while pending:
        value, depth = pending.pop()
        if id(value) in seen or depth > _DEPTH:
            continue
        seen.add(id(value))
        if isinstance(value, np.random.Generator | np.random.RandomState | random.Random):
            found.append(value)
        else:
            pending += [(child, depth + 1) for child in _children(value)]
    return found


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list | tuple):
        return list(value) if len(value) < 1000 else []
    if isinstance(value, type | types.ModuleType | np.ndarray) or callable(value):
        return []
    return list(getattr(value, "__dict__", {}).values())


def _state(generator: Any) -> Any:
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    return generator.get_state() if isinstance(generator, np.random.RandomState) else generator.getstate()


def _set_state(generator: Any, state: Any) -> None:
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(state)
    else:
        generator.setstate(state)
