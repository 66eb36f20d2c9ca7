"""Watching the user's code run: what was called from where with what, and what each loop's passes change."""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from numpy.typing import NDArray

from gradcheck.subject.discover.calls import Call, Key, LoopRun, State
from gradcheck.subject.discover.leaves import digest, leaves
from gradcheck.subject.discover.limits import Stopped, limited
from gradcheck.subject.discover.script import Script
from gradcheck.subject.statements import Loop, carried_by, pass_line

PER_SITE = 4
# So many calls from one place are kept: the first may be special, the rest are alike.
PER_LOOP = 3
PASSES = 4
_COMPREHENSIONS = {"<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>"}


class Watch:
    """Runs code of the user's and takes notes.

    Args:
        sources: file name -> parsed source, for the code objects that belong to the user.
        folder: files in it are the user's too.
        limit: seconds until the code is stopped.
        after: seconds that it may go on once a loop was seen to change numbers again and again.
        notice_loops: whether to look at what loops change.
        mark: gives something to note at the start of every call.
    """

    def __init__(
        self,
        sources: Mapping[str, Script],
        *,
        folder: str = "",
        limit: float = 20.0,
        after: float = 0.5,
        notice_loops: bool = True,
        mark: Callable[[], object] | None = None,
    ) -> None:
        self.calls: list[Call] = []
        self.loops: list[LoopRun] = []
        self.problem: BaseException | None = None
        self.stopped = ""
        self.sources = dict(sources)
        self._folder = folder
        self._limit = limit
        self._after = after
        self._notice_loops = notice_loops
        self._mark = mark
        self._frames: dict[types.FrameType, _Frame] = {}
        self._kept: dict[object, int] = {}
        self._positions: dict[types.CodeType, list[Any]] = {}
        self._end = 0.0
        self._trained = False

    def run(self, thunk: Callable[[], object]) -> None:
        """Run `thunk` to its end, to an exception, or to a limit."""
        self._end = monotonic() + self._limit
        previous = sys.gettrace()
        sys.settrace(self._on_call)
        try:
            with limited(self._overdue):
                thunk()
        except Stopped:
            self.stopped = self.stopped or "limit"
        except (Exception, SystemExit) as problem:  # noqa: BLE001 -- whatever the script raises, what was seen stays
            self.problem = problem
        finally:
            sys.settrace(previous)
            self._frames.clear()

    def _overdue(self) -> float:
        return monotonic() - self._end

    def _check(self) -> None:
        if monotonic() > self._end:
            self.stopped = "trained" if self._trained else "limit"
            raise Stopped

    def _on_call(self, frame: types.FrameType, _event: str, _: Any) -> Any:
        code = frame.f_code
        script = self.source_of(code.co_filename)
        if script is None:
            return None
        self._check()
        if frame in self._frames:
            return self._frames[frame].on_event  # a generator that goes on
        caller = self._caller(frame)
        if caller is None and self.calls:
            return None  # called from a call beyond those kept
        site = self._site(frame.f_back, script) if frame.f_back is not None else None
        if code.co_flags & inspect.CO_GENERATOR and code.co_name not in _COMPREHENSIONS:
            site = _made_at(script, code.co_name, site)
        kind = (code, id(site), caller.call.code if caller else None)
        self._kept[kind] = self._kept.get(kind, 0) + 1
        if self._kept[kind] > PER_SITE and code.co_name not in _COMPREHENSIONS:
            return None
        call = Call(
            number=len(self.calls),
            code=code,
            caller=caller.call if caller else None,
            site=site,
            given=dict(frame.f_locals) if code.co_name != "<module>" else frame.f_locals,
            around=dict(frame.f_back.f_locals) if caller and frame.f_back else {},
        )
        call.mark = self._mark() if self._mark is not None else None
        self.calls.append(call)
        loops = script.loops.values() if self._notice_loops else ()
        headers = {pass_line(loop): loop for loop in loops if _within(loop, code)}
        watcher = _Frame(self, call, headers, frame)
        self._frames[frame] = watcher
        frame.f_trace_lines = bool(headers) or code.co_name == "<module>"
        return watcher.on_event

    def _caller(self, frame: types.FrameType) -> _Frame | None:
        """The call of the user's that a frame was called from, through code that is nobody's: map, sorted, a helper."""
        back = frame.f_back
        while back is not None and self.source_of(back.f_code.co_filename) is None:
            back = back.f_back
        return self._frames.get(back) if back is not None else None

    def source_of(self, filename: str) -> Script | None:
        """The parsed source of a file, if it is the user's."""
        if filename in self.sources:
            return self.sources[filename]
        if not self._folder or not filename.startswith(self._folder) or "site-packages" in filename:
            return None
        try:
            self.sources[filename] = Script(filename, Path(filename).read_text(encoding="utf-8"))
        except (OSError, SyntaxError, UnicodeDecodeError):
            return None
        return self.sources[filename]

    def _site(self, frame: types.FrameType, _: Script) -> ast.expr | None:
        script = self.source_of(frame.f_code.co_filename)
        if script is None:
            return None
        positions = self._positions.get(frame.f_code)
        if positions is None:
            positions = self._positions[frame.f_code] = list(frame.f_code.co_positions())
        line, end_line, start, end = positions[frame.f_lasti // 2]
        return script.calls.get((line, start, end_line, end))

    def forget(self, frame: types.FrameType) -> None:
        """A frame has ended."""
        self._frames.pop(frame, None)

    def train_seen(self) -> None:
        """A loop has been seen that changes numbers again and again: little more needs to be seen."""
        if not self._trained:
            self._trained = True
            self._end = min(self._end, monotonic() + self._after)


def _made_at(script: Script, name: str, resumed: ast.expr | None) -> ast.expr | None:
    """The call that made a generator, which is resumed elsewhere: inside that expression, else the only one."""
    for tree in (resumed, script.tree):
        nodes = ast.walk(tree) if tree is not None else ()
        calls = [
            n for n in nodes if isinstance(n, ast.Call) and ast.unparse(n.func).rpartition(".")[2] == name
        ]
        if len(calls) == 1:
            return calls[0]
    return None


class _Frame:
    """Follows one frame: the passes of its loops, and what it returns."""

    def __init__(self, watch: Watch, call: Call, headers: dict[int, Loop], frame: types.FrameType) -> None:
        self.call = call
        self._watch = watch
        self._headers = headers
        self._last = frame.f_lineno
        self._active: dict[int, LoopRun] = {}

    def on_event(self, frame: types.FrameType, event: str, value: Any) -> Any:
        if event == "line":
            self._watch._check()  # noqa: SLF001 -- one unit
            loop = self._headers.get(frame.f_lineno)
            if loop is not None:
                self._at_header(loop, frame)
            self._last = frame.f_lineno
        elif event == "return":
            call = self.call
            call.value = value
            call.returned = value is not None or _ended_by_return(frame)
            call.ended = len(self._watch.calls)
            call.names = dict(frame.f_locals)
            if not call.is_generator:
                self._watch.forget(frame)
        return self.on_event

    def _at_header(self, loop: Loop, frame: types.FrameType) -> None:
        inside = loop.lineno <= self._last <= (loop.end_lineno or loop.lineno)
        run = self._active.get(loop.lineno)
        if run is None or not inside:
            kept = self._watch._kept  # noqa: SLF001 -- one unit
            kept[loop] = kept.get(loop, 0) + 1
            outer = tuple(o for o in self._headers.values() if o is not loop and _contains(o, loop))
            run = LoopRun(loop, self.call, outer, dict(frame.f_locals), carried_by(loop))
            self._active[loop.lineno] = run
            if kept[loop] <= PER_LOOP:
                self._watch.loops.append(run)
            else:
                run.states = [_NOTHING] * PASSES
        if len(run.states) < PASSES:
            run.states.append(_state(frame, self.call))
            if len(run.states) == PASSES and any(c.repeated for c in run.changed().values()):
                self._watch.train_seen()


_NOTHING = State({}, {})


def _state(frame: types.FrameType, call: Call) -> State:
    numbers: dict[Key, tuple[str, NDArray[Any]]] = {}
    objects: dict[Key, Any] = {}
    spaces = (
        [(frame.f_globals, "global")]
        if frame.f_locals is frame.f_globals
        else [(frame.f_locals, "local"), (frame.f_globals, "global")]
    )
    for space, kind in spaces:
        for leaf in leaves(space):
            key: Key = (kind, call.number if kind == "local" else 0, leaf.expression)
            numbers[key] = (leaf.expression, digest(leaf.value))
            objects[key] = (leaf.value, leaf.owner, leaf.key)  # held, so that no id is given out twice
    return State(numbers, objects)


def _within(loop: Loop, code: types.CodeType) -> bool:
    """Whether a loop is one of a code object's own."""
    lines = {line for _, _, line in code.co_lines() if line is not None}
    return loop.lineno in lines and loop.body[0].lineno in lines


def _contains(outer: Loop, inner: Loop) -> bool:
    return outer.lineno < inner.lineno and (inner.end_lineno or 0) <= (outer.end_lineno or 0)


def _ended_by_return(frame: types.FrameType) -> bool:
    """A frame that an exception leaves reports None too; its last instruction then is no return."""
    name = frame.f_code.co_code[frame.f_lasti]
    return name in _RETURNS


def _opcodes(*names: str) -> set[int]:
    import opcode

    return {opcode.opmap[name] for name in names if name in opcode.opmap}


_RETURNS = _opcodes("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR", "YIELD_VALUE")
