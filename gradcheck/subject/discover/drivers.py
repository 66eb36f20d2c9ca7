"""Drivers: statements that make the user's code do one pass of its training loop."""

from __future__ import annotations

import ast
import copy
import itertools
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.bindings import bound_argument
from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.leaves import as_array, leaves
from gradcheck.subject.discover.limits import Stopped
from gradcheck.subject.discover.moments import Moment
from gradcheck.subject.discover.samples import plain_name
from gradcheck.subject.discover.sayable import CannotSayError
from gradcheck.subject.discover.stage import HOLDER, Stage
from gradcheck.subject.discover.statements import arguments, assigned, first_item, is_shown, pass_line

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
        yield body
    shown = _body(stage, shown=True)  # what is printed may be what trains: print(net.step(X, y))
    if shown is not None and (body is None or shown.text != body.text):
        yield shown


def _body(stage: Stage, *, shown: bool) -> Driver | None:
    """The body of the loop, in the words of the scene."""
    scene = stage.scene
    run = scene.training.run
    phrases = stage.phrases()
    extra: list[str] = []
    statements = [s for s in run.loop.body if shown or not is_shown(s)]
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
    return Driver("\n".join(lines), replace(stage, extra=(*stage.extra, *extra)), plain)


def _loop_names(stage: Stage) -> set[str]:
    return set() if not stage.scene.reaches_loop else set(stage.scene.training.run.names)


def is_plain(statement: ast.stmt) -> bool:
    """Whether a statement only moves things and calls functions, and does no arithmetic of its own."""
    if isinstance(statement, ast.AugAssign):
        return False
    for node in ast.walk(statement):
        if isinstance(node, ast.BinOp) and not _is_index(statement, node):
            return False
        if isinstance(node, ast.AugAssign):
            return False
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _computes(node.func):
            return False
    return True


def _computes(func: ast.Attribute) -> bool:
    return _is_numpy(func) and func.attr not in _MOVES and not _is_random(func)


_MOVES = frozenset(
    {"array", "asarray", "arange", "zeros", "zeros_like", "ones", "empty", "copy", "reshape", "atleast_2d"}
    | {"expand_dims", "vstack", "hstack", "concatenate", "stack", "transpose", "ravel", "squeeze", "eye"}
    | {"random", "permutation", "shuffle", "split", "array_split", "newaxis"}
)


def _is_numpy(func: ast.Attribute) -> bool:
    root: ast.expr = func
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in {"np", "numpy", "math"}


def _is_random(func: ast.Attribute) -> bool:
    return isinstance(func.value, ast.Attribute) and func.value.attr == "random"


def _is_index(statement: ast.stmt, node: ast.BinOp) -> bool:
    """Whether arithmetic is about places in an array rather than about its numbers."""
    for holder in ast.walk(statement):
        if isinstance(holder, ast.Subscript) and any(n is node for n in ast.walk(holder.slice)):
            return True
        if (
            isinstance(holder, ast.Call)
            and isinstance(holder.func, ast.Name)
            and holder.func.id in {"range", "slice", "len", "min"}
            and any(n is node for argument in holder.args for n in ast.walk(argument))
        ):
            return True
    return False


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
            handed = _handed(driver, call, function)
            yield handed or driver
            return


def _handed(driver: Driver, call: Call, function: Any) -> Driver | None:
    """The driver, with what it returns assigned to what it was given: parameters handed in and out."""
    if not isinstance(function, ast.FunctionDef):
        return None
    returns = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
    node = ast.parse(driver.text, mode="eval").body
    if not returns or not isinstance(node, ast.Call):
        return None
    try:
        live = driver.stage.start()
        value = live.evaluate(driver.text)
        parts = list(value) if isinstance(value, tuple) else [value]
        exprs = (
            list(returns[-1].elts)
            if isinstance(returns[-1], ast.Tuple) and isinstance(value, tuple)
            else [returns[-1]]
        )
        if len(parts) != len(exprs):
            exprs = [returns[-1]] * len(parts)
        targets = []
        used: set[str] = set()
        fresh = driver.stage.start()
        for part, expr in zip(parts, exprs, strict=True):
            origins = _origins(function, expr)
            target = "_"
            for parameter in arguments(function):
                given, own = bound_argument(call, function, parameter.arg, node)
                if not own or given is None or parameter.arg not in origins or ast.unparse(given) in used:
                    continue
                if _updated(fresh.evaluate(ast.unparse(given)), part) and not isinstance(given, ast.Constant):
                    target = ast.unparse(given)
                    used.add(target)
                    break
            targets.append(target)
    except GradcheckError:
        return None
    if not used or not all(
        isinstance(ast.parse(t, mode="eval").body, ast.Name | ast.Attribute | ast.Subscript) for t in targets
    ):
        return None
    return replace(driver, text=f"{', '.join(targets)} = {driver.text}")


def _updated(before: Any, after: Any) -> bool:
    """Whether a returned value is what became of a given one: the same structure, other numbers."""
    one, other = list(leaves({"v": before})), list(leaves({"v": after}))
    if not one or len(one) != len(other):
        return False
    pairs = [(as_array(a.value), as_array(b.value)) for a, b in zip(one, other, strict=True)]
    if any(a is None or b is None or a.shape != b.shape for a, b in pairs):
        return False
    return any(not np.array_equal(a, b) for a, b in pairs)  # type: ignore[arg-type] # None is ruled out


def _origins(function: ast.FunctionDef, node: ast.expr) -> set[str]:
    """Names that an expression was made from, through the assignments of a function."""
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    while True:
        more = set(found)
        for statement in ast.walk(function):
            if isinstance(statement, ast.Assign) and assigned(statement) & found:
                more |= {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
        if more == found:
            return found
        found = more


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
