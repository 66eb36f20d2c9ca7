"""Callables with the source that they run: as a wiring for a worker, where lines are named and repairs are tried."""

from __future__ import annotations

import contextlib
import sys
import sysconfig
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError, UsageError
from gradcheck.subject.discover.script import Script
from gradcheck.subject.live.callables import LiveSubject
from gradcheck.subject.live.handing import named, pack
from gradcheck.subject.live.home import Home, home_of_function
from gradcheck.subject.live.keeping import kept, reach
from gradcheck.subject.target import Target
from gradcheck.subject.wiring import Grads, Wiring

REMARK = "the loss, the gradient and the parameters are the live ones that were handed over, copied"
_PACKAGE = str(Path(__file__).parents[2])
_LIBRARIES = (
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    str(Path(_PACKAGE, "subject")),
    str(Path(_PACKAGE, "numerics")),
)


def wired(subject: LiveSubject) -> tuple[Target, Wiring]:
    """The source that a subject's gradient runs, and how to drive it there.

    Raises:
        SubjectError: when its gradient raises.
        WiringError: when it gives no gradient of its parameters.
        NoSourceError: when the source is not to be found, or the callables cannot be copied.
    """
    codes: dict[types.CodeType, dict[str, Any]] = {}
    functions = [f for f in (subject.loss, subject.grads) if callable(f)]
    with kept(functions, {"params": subject.params, "grads": subject.grads}, "the gradient"), _noted(codes):
        subject.gradient()
    with kept(functions, {"params": subject.params, "grads": subject.grads}, "the gradient"):
        form = subject.given()
    if not callable(subject.grads):
        raise NoSourceError("the gradient came as numbers")
    try:
        home = _home(codes)
        return home.target, _wiring(subject, form, home)
    except UsageError as problem:
        raise NoSourceError(problem.message) from problem


class NoSourceError(GradcheckError):
    """There is no source to read, for the reason given."""


@contextlib.contextmanager
def _noted(codes: dict[types.CodeType, dict[str, Any]]) -> Iterator[None]:
    """Note the code that runs, with its globals, apart from what is installed."""

    def profile(frame: types.FrameType, event: str, _: Any) -> None:
        if event == "call" and not frame.f_code.co_filename.startswith(_LIBRARIES):
            codes.setdefault(frame.f_code, frame.f_globals)

    previous = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(previous)


def _home(codes: Mapping[types.CodeType, dict[str, Any]]) -> Home:
    """The source with the most lines among what ran."""
    lines: dict[str, int] = {}
    for code in codes:
        own = {line for _, _, line in code.co_lines() if line is not None}
        lines[code.co_filename] = lines.get(code.co_filename, 0) + len(own)
    for file in sorted(lines, key=lambda name: -lines[name]):
        code = next(code for code in codes if code.co_filename == file)
        with contextlib.suppress(UsageError):
            return home_of_function(types.FunctionType(code, codes[code], closure=_cells(code)))
    raise UsageError("the source of the gradient is not to be found")


def _cells(code: types.CodeType) -> tuple[types.CellType, ...]:
    return tuple(types.CellType() for _ in code.co_freevars)


def _wiring(subject: LiveSubject, form: Any, home: Home) -> Wiring:
    reads = Script(str(home.target.path), home.target.source).global_reads
    for function in (subject.loss, subject.grads):
        reads |= {name for name in reach(function) if name in home.namespace}
    objects = {"loss": subject.loss, "grads": subject.grads, "params": subject.params}
    names = named(objects, home, reads)
    given = pack(home, {names[key]: value for key, value in objects.items()}, reads)
    handed = names["params"] if subject.takes else ""
    params = _expressions(names["params"], subject)
    asked = names["params"] if subject.grads_take else ""
    return Wiring(
        loss=f"{names['loss']}({handed})",
        params=params,
        grads=Grads(f"g_ = {names['grads']}({asked})", _parts(form, list(params))),
        given=given,
        understood=(REMARK, f"the parameters are {', '.join(params)}"),
    )


def _expressions(name: str, subject: LiveSubject) -> dict[str, str]:
    """Parameter name -> expression of it."""
    if isinstance(subject.params, Mapping):
        if list(subject.params) != list(subject.names):
            raise UsageError("the parameters are nested")
        return {key: f"{name}[{key!r}]" for key in subject.params}
    if len(subject.names) == 1 and (isinstance(subject.params, np.ndarray) or np.ndim(subject.params)):
        return {subject.names[0]: name}
    raise UsageError("the parameters are no arrays by name")


def _parts(form: Any, names: list[str]) -> dict[str, str]:
    """Parameter name -> expression of its gradient in what the gradient's function gave."""
    if isinstance(form, Mapping):
        keys = names if all(name in form for name in names) else list(form)
        return {n: f"g_[{k!r}]{'()' if callable(form[k]) else ''}" for n, k in zip(names, keys, strict=True)}
    if isinstance(form, tuple | list) and len(form) == len(names) and (len(names) > 1 or np.ndim(form[0])):
        return {name: f"g_[{i}]" for i, name in enumerate(names)}
    return {names[0]: "g_"}
