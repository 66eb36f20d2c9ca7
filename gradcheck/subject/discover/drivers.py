"""Drivers: statements that make the user's code do one pass of its training loop."""

from __future__ import annotations

import ast
import copy
import itertools
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import indent
from typing import Any

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.bindings import bound_argument
from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.limits import Stopped
from gradcheck.subject.discover.moments import Moment
from gradcheck.subject.discover.plain import is_plain
from gradcheck.subject.discover.returning import handed_back
from gradcheck.subject.discover.samples import plain_name
from gradcheck.subject.discover.sayable import CannotSayError
from gradcheck.subject.discover.stage import HOLDER, Stage
from gradcheck.subject.statements import arguments, assigned, ends_pass, first_item, is_shown, pass_line

_TIMES = ("epoch", "iter", "step", "round", "time", "cycle", "n", "num", "max")
MOST_COUNTS = 5
PARTWAY = "from gradcheck.subject.partway import one_pass"


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """Statements that make one update.

    Attributes:
        text: the statements.
        stage: the setup they need.
        plain: whether they only call the user's functions, and copy none of the user's own arithmetic.
        call: the call of the user's that they repeat, where they are one.
    """

    text: str
    stage: Stage
    plain: bool
    call: Call | None = None


def drivers(stage: Stage) -> Iterator[Driver]:
    """Drivers for a stage, the most natural first."""
    if stage.scene.partway:
        yield Driver("one_pass(m)", replace(stage, extra=(*stage.extra, PARTWAY)), plain=True)
        return
    if stage.scene.held:
        yield Driver(f"{HOLDER}.once()", stage, plain=True)
        return
    body = _body(stage, shown=False)
    if body is not None and body.plain:
        yield body
    for level in range(len(stage.scene.training.run.call.chain) - 1, stage.scene.depth - 1, -1):
        yield from _calls(stage, level)
    if body is not None and not body.plain:
        calls = _body(stage, shown=False, calls=True)  # what else the loop does may be its own bookkeeping
        if calls is not None:
            yield calls
        yield body
    shown = _body(stage, shown=True)  # what is printed may be what trains: print(net.step(X, y))
    if shown is not None and (body is None or shown.text != body.text):
        yield shown


def _body(stage: Stage, *, shown: bool, calls: bool = False) -> Driver | None:
    """The body of the loop, or only the statements of it that do no more than call, in the words of the scene."""
    scene = stage.scene
    run = scene.training.run
    phrases = stage.phrases()
    extra: list[str] = []
    statements = [s for s in run.loop.body if (shown or not is_shown(s)) and (is_plain(s) or not calls)]
    if any(
        isinstance(n, ast.Return | ast.Yield | ast.YieldFrom | ast.Await)
        for s in statements
        for n in ast.walk(s)
    ):
        return None
    local = set().union(*(assigned(s) for s in statements), set())
    try:
        if not scene.reaches_loop:
            if isinstance(run.loop, ast.For):
                item = first_item(run.loop)
                bound = assigned(item)
                if bound & {n.id for s in statements for n in ast.walk(s) if isinstance(n, ast.Name)}:
                    extra.append(phrases.statement(item, Moment(run.call, run.names, run.loop.lineno), bound))
                local |= bound
            if local & (set(scene.names) - _loop_names(stage)):
                return None
        moment = Moment(run.call, run.names, run.loop.lineno)
        carried = local & run.carried if not scene.reaches_loop else set()
        if carried:
            return None  # it hands a local name of its own from pass to pass
        lines = [phrases.statement(s, moment, local if not scene.reaches_loop else set()) for s in statements]
    except CannotSayError:
        return None
    if not lines:
        return None
    plain = all(is_plain(s) for s in statements)
    if any(ends_pass(s) for s in statements):
        lines = ["for _ in range(1):", *indent("\n".join(lines), "    ").split("\n")]
    return Driver("\n".join(lines), replace(stage, extra=(*stage.extra, *extra)), plain)


def _loop_names(stage: Stage) -> set[str]:
    return set() if not stage.scene.reaches_loop else set(stage.scene.training.run.names)


def _calls(stage: Stage, level: int) -> Iterator[Driver]:
    """A call that leads to the loop, with its counts set to one, so that the loop makes one pass."""
    chain = stage.scene.training.run.call.chain
    call = chain[level]
    function = stage.scene.script.functions.get((call.code.co_firstlineno, call.code.co_name))
    phrases = stage.phrases()
    site = phrases.site(call)
    if function is None or not isinstance(site, ast.Call) or call.caller is None:
        return
    counts = [
        parameter.arg
        for parameter in arguments(function)
        if type(call.given.get(parameter.arg)) is int and call.given[parameter.arg] > 1
    ]
    counts.sort(key=lambda name: not plain_name(name).startswith(_TIMES))
    counts = counts[:MOST_COUNTS]
    sets = [c for size in range(len(counts) + 1) for c in itertools.combinations(counts, size)]
    for chosen in sets:
        made = copy.deepcopy(site)
        for name in chosen:
            _put_one(made, call, function, name, site)
        try:
            text = phrases.expression(made, Moment(call.caller, call.around, site.lineno))
        except CannotSayError:
            return
        if call.is_generator:
            text = f"next({text})"
        elif chain[level:][-1].is_generator:
            return
        driver = Driver(text, stage, plain=True, call=call)
        if passes(driver) == 1:
            handed = handed_back(text, stage, call, function)
            yield driver if handed is None else replace(driver, text=handed)
            return


def _put_one(made: ast.Call, call: Call, function: Any, name: str, site: ast.Call) -> None:
    node, own = bound_argument(call, function, name, site)
    if own and node is not None:
        for i, argument in enumerate(site.args):
            if argument is node:
                made.args[i] = ast.Constant(1)
        for i, keyword in enumerate(site.keywords):
            if keyword.value is node:
                made.keywords[i].value = ast.Constant(1)
    else:
        made.keywords.append(ast.keyword(name, ast.Constant(1)))


def passes(driver: Driver) -> int:
    """How many passes of the training loop a driver makes; 2 stands for more, -1 for an exception."""
    run = driver.stage.scene.training.run
    key = (run.call.code.co_filename, run.call.code.co_firstlineno, run.call.code.co_name)
    line = pass_line(run.loop)
    most = 1 if line != run.loop.lineno else 2  # a header is come to once more, when the loop ends
    arrivals = 0

    def local(frame: types.FrameType, event: str, _: Any) -> Any:
        nonlocal arrivals
        if event == "line" and frame.f_lineno == line:
            arrivals += 1
            if arrivals > most:
                raise Stopped
        return local

    def begin(frame: types.FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if event == "call" and (code.co_filename, code.co_firstlineno, code.co_name) == key:
            return local
        return None

    try:
        live = driver.stage.start()
        previous = sys.gettrace()
        sys.settrace(begin)
        try:
            live.execute(driver.text)
        finally:
            sys.settrace(previous)
    except Stopped:
        return 2
    except GradcheckError:
        return -1
    return 1 if arrivals else 0
