"""A function held at the start of one of its loops: its local names as attributes, and one pass at a time."""

from __future__ import annotations

import copy
import sys
import types
from collections.abc import Callable
from typing import Any


class _LeftError(BaseException):
    """Leaves the function; no ordinary `except` of its catches it."""


class Inside:
    """The local names of a function where one of its loops begins.

    They are attributes that can be read and assigned. Each pass calls the function anew, and where the loop begins
    its names are given the values that the attributes have by then.

    Args:
        run: calls the function.
        line: the loop's first line in the file.

    Example:
        >>> from gradcheck.subject.inside import Inside
        >>> at = Inside(lambda: fit(x, y), 12)  # doctest: +SKIP
        >>> at.once()  # doctest: +SKIP
        >>> at.W  # doctest: +SKIP
    """

    def __init__(self, run: Callable[[], object], line: int) -> None:
        def trace(begins: _Told, ends: _Told) -> None:
            _trace(run, line, begins, ends)

        found: dict[str, Any] = {}

        def begins(frame: types.FrameType) -> None:
            found.update(_copies(frame.f_locals))
            raise _LeftError

        trace(begins, lambda _: None)
        self.__dict__.update(found)
        self._trace = (
            trace  # a function, so that whoever looks for numbers among the attributes finds the names alone
        )

    def once(self) -> None:
        """Make one pass of the loop; the attributes are then what it left."""
        names = {name: value for name, value in self.__dict__.items() if not name.startswith("_")}

        def begins(frame: types.FrameType) -> None:
            frame.f_locals.update(_copies(names))

        def ends(frame: types.FrameType) -> None:
            self.__dict__.update({n: v for n, v in frame.f_locals.items() if n.isidentifier()})

        self._trace(begins, ends)


_Told = Callable[[types.FrameType], None]


def _trace(run: Callable[[], object], line: int, begins: _Told, ends: _Told) -> None:
    """Run a function; tell when its loop begins, and when it comes round or is left. Other tracers see all."""
    other = sys.gettrace()
    holder: list[types.FrameType] = []

    def at_event(frame: types.FrameType, event: str) -> None:
        comes_round = event == "line" and frame.f_lineno == line
        if comes_round and not holder:
            holder.append(frame)
            begins(frame)
        elif holder and holder[0] is frame and (comes_round or event == "return"):
            ends(frame)
            if comes_round:
                raise _LeftError

    def begin(frame: types.FrameType, event: Any, argument: Any) -> Any:
        theirs = other(frame, event, argument) if other is not None else None
        if not _has_line(frame.f_code, line):
            return theirs
        frame.f_trace_lines = True

        def both(frame: types.FrameType, event: Any, argument: Any) -> Any:
            if theirs is not None:
                theirs(frame, event, argument)
                frame.f_trace_lines = True
            at_event(frame, event)
            return both

        return both

    sys.settrace(begin)
    try:
        run()
    except _LeftError:
        pass
    finally:
        sys.settrace(other)


def _has_line(code: types.CodeType, line: int) -> bool:
    return code.co_name != "<module>" and any(line == found for _, _, found in code.co_lines())


def _copies(names: dict[str, Any]) -> dict[str, Any]:
    """Deep copies that share what the originals share; what cannot be copied is left out."""
    names = {name: value for name, value in names.items() if name.isidentifier()}
    memo = {id(value): value for value in names.values() if isinstance(value, types.ModuleType | type)}
    try:
        return copy.deepcopy(names, memo)
    except Exception:  # noqa: BLE001 -- an open file or a generator among them: copy the others
        return {name: kept for name, value in names.items() if (kept := _copy(value)) is not None}


def _copy(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 -- as above
        return None
