"""Keeping somebody's live objects as they are while their code runs on them."""

from __future__ import annotations

import contextlib
import io
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from gradcheck.subject.discover.leaves import nodes
from gradcheck.subject.live.pickling import names_of
from gradcheck.subject.loading import running
from gradcheck.subject.objects import is_plain_object
from gradcheck.subject.randomness import Randomness


@contextmanager
def kept(functions: list[Callable[..., Any]], objects: Mapping[str, Any], doing: str) -> Iterator[Randomness]:
    """Run code of the user's, quietly; then put back whatever it and its objects can reach, as it was.

    Args:
        functions: what is run: what they close over, are bound to, and read as globals is put back.
        objects: what else is.
        doing: what is being done, for the error where the code raises.

    Yields:
        The random generators in reach, to be put back between two calls.

    Raises:
        SubjectError: when the user's code raises.
    """
    space = {**objects, **{f"f{i}_{n}": v for i, f in enumerate(functions) for n, v in reach(f).items()}}
    randomness = Randomness([space])
    restore = [put_back for node in nodes(space) if (put_back := _remembered(node.value)) is not None]
    silence = io.StringIO()
    try:
        with running(doing), contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            yield randomness
    finally:
        for put_back in restore:
            put_back()
        randomness.restore()


def reach(function: Callable[..., Any]) -> dict[str, Any]:
    """What a function can reach by name: what it is bound to, closes over, and reads as globals."""
    found: dict[str, Any] = {}
    pending: list[Any] = [function]
    seen: set[int] = set()
    while pending:
        item = pending.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        bound = getattr(item, "__self__", None)
        item = getattr(item, "__func__", item)
        own: dict[str, Any] = {} if bound is None or isinstance(bound, types.ModuleType) else {"self": bound}
        if isinstance(item, types.FunctionType):
            cells = zip(item.__code__.co_freevars, item.__closure__ or (), strict=True)
            own |= {name: cell.cell_contents for name, cell in cells if _is_full(cell)}
            own |= {n: item.__globals__[n] for n in names_of(item.__code__) if n in item.__globals__}
        pending += [
            value for value in own.values() if isinstance(value, types.FunctionType | types.MethodType)
        ]
        for name, value in own.items():
            found.setdefault(f"{name}_{len(found)}" if name in found else name, value)
    return found


def _is_full(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def _remembered(value: Any) -> Callable[[], None] | None:
    """What puts a mutable object back as it is now; None for what does not change."""
    if isinstance(value, np.ndarray):
        if not value.flags.writeable:
            return None
        array = value.copy()
        return lambda: np.copyto(value, array)
    if isinstance(value, list):
        items = list(value)
        return lambda: value.__setitem__(slice(None), items)
    if isinstance(value, dict):
        return _dict_back(value)
    return _dict_back(vars(value)) if is_plain_object(value) else None


def _dict_back(value: dict[Any, Any]) -> Callable[[], None]:
    entries = dict(value)

    def put_back() -> None:
        value.clear()
        value.update(entries)

    return put_back
