"""A function held at the start of one of its loops: its local names as attributes, and one pass at a time."""

from __future__ import annotations

import ast
import copy
import linecache
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gradcheck.errors import WiringError
from gradcheck.subject.loading import SOURCE
from gradcheck.subject.statements import Loop, pass_line


class _LeftError(BaseException):
    """Leaves the function; no ordinary `except` of its catches it."""


class Inside:
    """The local names of a function where one of its loops begins.

    They are attributes that can be read and assigned. Each pass calls the function anew, and where the loop begins
    its names are given the values that the attributes have by then.

    Args:
        run: calls the function.
        function: its name.
        loop: the loop's first line, as typed: what is added or taken away elsewhere in the file moves nothing.
        nth: which of the function's loops with that first line, from 0.

    Raises:
        WiringError: when the function runs and has no such loop any more, or never runs.

    Example:
        >>> from gradcheck.subject.inside import Inside
        >>> at = Inside(lambda: fit(x, y), "fit", "for _ in range(epochs):")  # doctest: +SKIP
        >>> at.once()  # doctest: +SKIP
        >>> at.W  # doctest: +SKIP
    """

    def __init__(self, run: Callable[[], object], function: str, loop: str, nth: int = 0) -> None:
        place = _Place(function, loop, nth)

        def trace(begins: _Told, ends: _Told) -> None:
            _trace(run, place, begins, ends)

        found: dict[str, Any] = {}
        come_to = False

        def begins(frame: types.FrameType) -> None:
            nonlocal come_to
            come_to = True
            found.update(_copies(frame.f_locals))
            raise _LeftError

        trace(begins, lambda _: None)
        if not come_to:
            raise WiringError(
                f"`{loop}` in {function} is never come to",
                hint="give the loop's first line as it stands in the file, and a call that leads to it",
            )
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


@dataclass(frozen=True, slots=True)
class _Place:
    """A loop of a function, known by its text."""

    function: str
    loop: str
    nth: int

    def line_in(self, frame: types.FrameType) -> int | None:
        """A line that each pass of the loop comes to; None in other functions."""
        code = frame.f_code
        if code.co_name != self.function:
            return None
        source = frame.f_globals.get(SOURCE) if frame.f_globals.get("__file__") == code.co_filename else None
        rows = source.split("\n") if isinstance(source, str) else _rows(code.co_filename)
        own = {line for _, _, line in code.co_lines() if line is not None}
        loops = [
            node
            for node in _loops("\n".join(rows))
            if node.lineno in own and rows[node.lineno - 1].strip() == self.loop
        ]
        return pass_line(loops[self.nth]) if self.nth < len(loops) else None


@lru_cache(maxsize=8)
def _loops(source: str) -> tuple[Loop, ...]:
    """The loops of a file, from its top to its end."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.For | ast.While)]
    return tuple(sorted(found, key=lambda node: node.lineno))


def _rows(filename: str) -> list[str]:
    return [row.rstrip("\n") for row in linecache.getlines(filename)]


def _trace(run: Callable[[], object], place: _Place, begins: _Told, ends: _Told) -> None:
    """Run a function; tell when its loop begins, and when it comes round or is left. Other tracers see all."""
    other = sys.gettrace()
    lines: dict[types.CodeType, int | None] = {}
    holder: list[types.FrameType] = []

    def at_event(frame: types.FrameType, event: str) -> None:
        comes_round = event == "line" and frame.f_lineno == lines.get(frame.f_code)
        if comes_round and not holder:
            holder.append(frame)
            begins(frame)
        elif holder and holder[0] is frame and (comes_round or event == "return"):
            ends(frame)
            if comes_round:
                raise _LeftError

    def begin(frame: types.FrameType, event: Any, argument: Any) -> Any:
        theirs = other and other(frame, event, argument)
        if lines.setdefault(frame.f_code, place.line_in(frame)) is None:
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
