"""Run the script as its author does: samples that a function changes in the array that its caller gave it."""

from __future__ import annotations

import ast
import contextlib
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import process_time
from types import FrameType
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.overwrites import is_in_place, written
from gradcheck.experiments.places import in_loop
from gradcheck.experiments.samples import samples_of
from gradcheck.experiments.scripts import main_block
from gradcheck.findings import Observation
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError, Site, SourceMap

SECONDS = 2.0
# Of the processor, so that a busy machine sees as much as an idle one.

Fact = dict[str, Any]


def lent_audit(lab: Lab) -> Observation:
    """Facts: `changed`, a list of {function, argument, data, line, lines, read}.

    `function` gives back samples that it has changed in the array of its `argument`, on `lines`; its caller holds that
    array as `data`, and reads it again at line `read`, or 0 where it does not. Functions that the gradient runs are not
    looked at, nor those that say that they work in place.
    """
    lenders = _lenders(lab.tracer.source) if samples_of(lab) is not None else {}
    if not lenders:
        return Observation("lent_audit", {"changed": []})
    source = lab.tracer.source
    watch = _Watch(lab, lenders, {source.sites[number].function for number in lab.tracer.recorder.reached})
    statements = main_block(lab.tracer.source.tree)

    def run(live: Live) -> None:
        if statements:
            live.execute(statements)

    with contextlib.redirect_stdout(io.StringIO()):
        lab.tracer.watching(watch.enter, run)
    return Observation("lent_audit", {"changed": list(watch.found())})


def _lenders(source: SourceMap) -> dict[str, ast.FunctionDef]:
    """The functions that may change an argument in place and give the same back, by their names in a run."""
    found = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef) and not is_in_place(node):
            arguments = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
            returned = {
                part.id
                for inner in ast.walk(node)
                if isinstance(inner, ast.Return) and inner.value is not None
                for part in ([*inner.value.elts] if isinstance(inner.value, ast.Tuple) else [inner.value])
                if isinstance(part, ast.Name)
            }
            changed = {
                part.id for inner in ast.walk(node) for part in written(inner) if isinstance(part, ast.Name)
            }
            if arguments & returned & changed:
                found[node.name] = node
    return found


@dataclass(slots=True)
class _Watch:
    """Notes writes of some functions into arrays that their callers hold under names of their own."""

    lab: Lab
    lenders: dict[str, ast.FunctionDef]
    network: set[str]
    until: float = field(default_factory=lambda: process_time() + SECONDS)
    facts: dict[tuple[str, str], Fact] = field(default_factory=dict)
    _shape: tuple[int, int] = (0, 0)
    _pending: tuple[Fact, NDArray[Any], NDArray[Any]] | None = None

    def __post_init__(self) -> None:
        samples = samples_of(self.lab)
        if samples is not None:
            features = 1 - samples.axes[0]
            with contextlib.suppress(GradcheckError, IndexError):
                inputs = np.asarray(self.lab.program.start().evaluate(samples.inputs))
                self._shape = (features, inputs.shape[features])

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        if process_time() > self.until:
            raise EnoughSeenError
        self._settle()
        source = self.lab.tracer.source
        site = source.sites[number]
        name = site.function.rpartition(".")[2]
        if name not in self.lenders or site.function in self.network:
            return
        for part in written(site.node) if isinstance(site.node, ast.stmt) else ():
            array = names.get(part.id) if isinstance(part, ast.Name) else None
            if isinstance(part, ast.Name) and self._is_data(array):
                fact = self._lent(site, part.id, array)
                if fact is not None:
                    self._pending = fact, array, array.copy()

    def found(self) -> Iterator[Fact]:
        """One fact for each argument of a function: the one that somebody reads again, where there is one."""
        self._settle()
        yield from self.facts.values()

    def _settle(self) -> None:
        """See whether the last write changed anything."""
        if self._pending is not None:
            fact, now, was = self._pending
            self._pending = None
            if not np.array_equal(now, was, equal_nan=True):
                known = self.facts.setdefault((fact["function"], fact["argument"]), {**fact, "lines": []})
                known["lines"] += [line for line in fact["lines"] if line not in known["lines"]]
                if fact["read"] and not known["read"]:
                    known |= {"read": fact["read"], "data": fact["data"]}

    def _is_data(self, array: Any) -> TypeGuard[NDArray[Any]]:
        axis, size = self._shape
        return isinstance(array, np.ndarray) and array.ndim == 2 and array.shape[axis] == size

    def _lent(self, site: Site, argument: str, array: NDArray[Any]) -> Fact | None:
        """Who holds the array, and reads it again; None where no caller holds it."""
        frames = list(_frames(self.lab.path))[1:2]
        fact = {"function": site.function, "argument": argument, "line": site.line, "lines": [site.line]}
        held = [
            (name, _read_later(self.lab.tracer.source, frame, name))
            for frame in frames
            for name, value in frame.f_locals.items()
            if isinstance(value, np.ndarray) and np.shares_memory(value, array)
        ]
        data, read = max(held, key=lambda pair: pair[1] > 0, default=("", 0))
        return {**fact, "data": data, "read": read} if data else None


def _frames(path: str) -> Iterator[FrameType]:
    """The frames of the file that are under way, innermost first."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 -- the one way to know who called
    while frame is not None:
        if frame.f_code.co_filename == path:
            yield frame
        frame = frame.f_back


def _read_later(source: SourceMap, frame: FrameType, name: str) -> int:
    """A line of a caller that reads a name behind the call under way; 0 where none does, or where the call binds it."""
    calls = [
        site
        for site in source.sites
        if site.is_statement
        and site.function.rpartition(".")[2] == frame.f_code.co_name
        and site.line <= frame.f_lineno <= (getattr(site.node, "end_lineno", None) or site.line)
    ]
    if not calls:
        return 0
    call = max(calls, key=lambda site: site.line)
    loop = in_loop(source, call)
    for site in source.sites:
        node = site.node
        if site.function == call.function and isinstance(node, ast.Name) and node.id == name:
            within = call.start <= site.start < call.end
            if isinstance(node.ctx, ast.Store) and within:
                return 0
            again = loop is not None and loop.start <= site.start < loop.end
            if isinstance(node.ctx, ast.Load) and not within and (site.start > call.end or again):
                return site.line
    return 0
