"""Scripts that train where they are loaded: run up to a statement, and on from there for one pass of its loop."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_PLACE = "__gradcheck_place__"


class _ReachedError(BaseException):
    """Leaves the script; no ordinary `except` of its catches it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a script was left.

    Attributes:
        code: the whole script.
        line: the statement that was not run any more.
        end: its last line.
        again: a line that every pass of that statement comes to, where it is a loop.
    """

    code: types.CodeType
    line: int
    end: int
    again: int


def in_main_block(source: str, until: str) -> bool:
    """Whether a statement, known by its first line, is one of the `if __name__ == "__main__":` block."""
    found = statement_at(source, until)
    return found is not None and found[1]


def run_until(code: types.CodeType, source: str, until: str, module: types.ModuleType) -> None:
    r"""Execute a script in a module up to a statement; to its end where there is no such statement.

    Args:
        code: the script, compiled, perhaps instrumented, with the line numbers of its source.
        source: its text.
        until: the first line of a statement at module level or in the main block.
        module: where its names go.

    Example:
        >>> script = "a = 1\nfor i in range(9):\n    a += 1\n"
        >>> m = types.ModuleType("m")
        >>> run_until(compile(script, "s.py", "exec"), script, "for i in range(9):", m)
        >>> m.a
        1
    """
    found = statement_at(source, until) if until else None
    if found is None:
        exec(code, module.__dict__)  # noqa: S102 -- running the user's file is what the tool is for
        return
    line = found[0].lineno
    module.__dict__[_PLACE] = Place(code, line, found[0].end_lineno or line, _again(found[0]))

    def at_line(now: int) -> None:
        if now == line:
            raise _ReachedError

    _run(code, module, at_line)


def one_pass(module: types.ModuleType) -> None:
    """Run a script on from where it was left, with its names as they are now, until its loop comes round.

    Args:
        module: one that `run_until` left at a loop.
    """
    passes = 0

    def at_line(place: Place, now: int) -> None:
        nonlocal passes
        if now == place.again:
            passes += 1
            if passes > (place.again != place.line):
                raise _ReachedError

    _go_on(module, at_line)


def one_loop(module: types.ModuleType) -> None:
    """Run a script on from where it was left, with its names as they are now, until its loop has ended.

    Args:
        module: one that `run_until` left at a loop.
    """

    def at_line(place: Place, now: int) -> None:
        if not place.line <= now <= place.end:
            raise _ReachedError

    _go_on(module, at_line)


def _go_on(module: types.ModuleType, at_line: Callable[[Place, int], None]) -> None:
    """Run a script on from where it was left; `at_line` hears of every line after that one."""
    place: Place = module.__dict__[_PLACE]
    kept = dict(module.__dict__)
    started = False

    def from_there(now: int) -> None:
        nonlocal started
        if started:
            at_line(place, now)
        elif now == place.line:
            started = True
            module.__dict__.update(kept)  # what the script has just made anew gives way to what there was

    _run(place.code, module, from_there)


def _run(code: types.CodeType, module: types.ModuleType, at_line: Callable[[int], None]) -> None:
    """Execute a script's code and hear of every line it comes to; another tracer goes on seeing all."""
    other = sys.gettrace()

    def begin(frame: types.FrameType, event: Any, argument: Any) -> Any:
        theirs = other(frame, event, argument) if other is not None else None
        if frame.f_code is not code:
            return theirs
        frame.f_trace_lines = True
        return _both(theirs, at_line)

    sys.settrace(begin)
    try:
        exec(code, module.__dict__)  # noqa: S102 -- as above
    except _ReachedError:
        pass
    finally:
        sys.settrace(other)


def _both(theirs: Any, at_line: Callable[[int], None]) -> Any:
    def local(frame: types.FrameType, event: str, argument: Any) -> Any:
        if theirs is not None:
            theirs(frame, event, argument)
            frame.f_trace_lines = True
        if event == "line":
            at_line(frame.f_lineno)
        return local

    return local


def statement_at(source: str, until: str) -> tuple[ast.stmt, bool] | None:
    """The statement at module level or in the main block that starts with a line, and whether it is in the latter."""
    rows = source.split("\n")
    for statement in ast.parse(source).body:
        if rows[statement.lineno - 1].strip() == until:
            return statement, False
        if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            for inner in statement.body:
                if rows[inner.lineno - 1].strip() == until:
                    return inner, True
    return None


def _again(statement: ast.stmt) -> int:
    """A line that each pass comes to: the header of a loop; `while True` has none that is seen again, so its body."""
    if isinstance(statement, ast.While) and isinstance(statement.test, ast.Constant):
        return statement.body[0].lineno
    return statement.lineno
