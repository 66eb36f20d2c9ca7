"""Run the script as its author does, and follow two sets of samples: one that trains, one that only is evaluated."""

from __future__ import annotations

import ast
import contextlib
import io
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from time import process_time
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.cuts import Cut, chosen, cuts_in
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import samples_of
from gradcheck.experiments.scalings import own_scale
from gradcheck.experiments.scripts import main_block
from gradcheck.findings import Observation
from gradcheck.trace import EnoughSeenError, Site, SourceMap

SECONDS = 2.0
# Of the processor, so that a busy machine sees as much as an idle one.

Fact = dict[str, Any]


def split_audit(lab: Lab) -> Observation:
    """Facts: `leaked` and `scaled`, two lists.

    `leaked`: {line, lines, test, train, shared, count}: of `count` samples that `test` chooses, which is only ever
    evaluated, `shared` are among those that `train` chooses, from the same array, for training.
    `scaled`: {line, lines, train, test, scale}: both sets are on one `scale` exactly, each by its own figures; `train`
    and `test` are how many samples they have.
    """
    parts = cuts_in(lab.tracer.source)
    main = main_block(lab.tracer.source.tree)
    statements = main or lab.wiring.train
    if not statements or not (parts or _slices_in(main)):
        return Observation("split_audit", {"leaked": [], "scaled": []})
    watch = _Watch(lab)
    with contextlib.redirect_stdout(io.StringIO()):
        lab.tracer.watching(watch.enter, lambda live: live.execute(statements))
    return Observation(
        "split_audit", {"leaked": list(_leaked(lab, watch, parts)), "scaled": list(_scaled(lab, watch))}
    )


def _slices_in(text: str) -> bool:
    return any(isinstance(node, ast.Slice) for node in ast.walk(ast.parse(text)))


@dataclass(slots=True)
class _Watch:
    """What reaches the gradient, what only reaches the loss, and from which statements."""

    lab: Lab
    until: float = field(default_factory=lambda: process_time() + SECONDS)
    training: set[int] = field(default_factory=set)
    evaluating: set[int] = field(default_factory=set)
    scopes: dict[int, dict[str, Any]] = field(default_factory=dict)
    fed: list[tuple[NDArray[Any], int]] = field(default_factory=list)
    asked: list[tuple[NDArray[Any], int]] = field(default_factory=list)
    standing: list[NDArray[Any]] = field(default_factory=list)
    _axis: int = 0
    _features: int = 0
    _looked_at: set[str] = field(default_factory=set)
    _gradient: frozenset[str] = frozenset()
    _loss: frozenset[str] = frozenset()
    _statements: dict[tuple[str, int], int] = field(default_factory=dict)
    _first: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        source = self.lab.tracer.source
        samples = samples_of(self.lab)
        if samples is not None:
            self._axis = samples.axes[0]
            self._features = np.shape(self.lab.program.start().evaluate(samples.inputs))[1 - self._axis]
        self._loss = self.lab.tracer.functions_of_loss() - {""}
        reached = {source.sites[number].function for number in self.lab.tracer.recorder.reached}
        self._gradient = frozenset(reached - self._loss - {""})
        for site in source.sites:
            if site.is_statement:
                name = site.function.rpartition(".")[2]
                self._statements.setdefault((name, site.line), site.number)

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        site = self.lab.tracer.source.sites[number]
        if site.is_statement and isinstance(site.node, ast.Assign | ast.Expr | ast.Return):
            kept = {k: v for k, v in names.items() if isinstance(v, np.ndarray | slice)}
            if kept:
                self.scopes[number] = kept
        if self._first.setdefault(site.function, number) == number:
            self._arrive(site, names)
        if process_time() > self.until:
            raise EnoughSeenError

    def _arrive(self, site: Site, names: Mapping[str, Any]) -> None:
        """A function has been entered: by whom, and with which samples."""
        samples = [table for table in names.values() if self._holds_samples(table)]
        self._look(samples)
        if site.function not in self._gradient | self._loss:
            return
        callers = list(self._callers())
        names_above = {self.lab.tracer.source.sites[number].function for number in callers}
        trains = site.function in self._gradient or bool(names_above & self._gradient)
        (self.training if trains else self.evaluating).update(callers)
        place = callers[-1] if callers else -1
        made = [(np.moveaxis(table, self._axis, 0).copy(), place) for table in samples]
        (self.fed if trains else self.asked).extend(made)

    def _holds_samples(self, value: Any) -> TypeGuard[NDArray[Any]]:
        table = isinstance(value, np.ndarray) and value.ndim == 2 and value.dtype.kind == "f"
        return table and self._features in {0, value.shape[1 - self._axis]}

    def _look(self, tables: list[NDArray[Any]]) -> None:
        """Keep the sets that are on a scale of their own, each looked at once."""
        for table in tables:
            known = repr((id(table), table.shape, table[0, 0], table[-1, -1]) if table.size else ())
            if known not in self._looked_at:
                self._looked_at.add(known)
                rows = np.moveaxis(table, self._axis, 0)
                self.standing += [rows.copy()] if own_scale(rows) else []

    def _callers(self) -> Iterator[int]:
        """The statements under way, innermost first."""
        frame = sys._getframe(1)  # noqa: SLF001 -- the one way to know who called
        above = frame.f_back
        while above is not None:
            if above.f_code.co_filename == self.lab.path:
                found = self._statements.get((above.f_code.co_name, above.f_lineno))
                if found is not None:
                    yield found
            above = above.f_back


def _leaked(lab: Lab, watch: _Watch, parts: list[Cut]) -> Iterator[Fact]:
    """Names that only evaluations use, with samples that training uses by another name of the same array."""
    source = lab.tracer.source
    used = {
        kind: _names(source, numbers) for kind, numbers in (("t", watch.training), ("e", watch.evaluating))
    }
    tests = [part for part in parts if part.name in used["e"] - used["t"] and not part.whole]
    trains = [part for part in parts if part.name in used["t"]]
    for test, train in product(tests, trains):
        alike = (train.function, train.base, train.axis) == (test.function, test.base, test.axis)
        if not alike or train.name == test.name or (train.whole and train.site != test.site):
            continue
        found = chosen(source, test, train, watch.scopes)
        shared, count = _shared(*found, whole=train.whole) if found is not None else (0, 0)
        if shared:
            lines = list(dict.fromkeys(source.sites[part.site].line for part in (test, train)))
            names = {"test": test.name, "train": train.name}
            yield {"line": lines[0], "lines": lines, **names, "shared": shared, "count": count}


def _names(source: SourceMap, numbers: set[int]) -> set[str]:
    nodes = [node for number in numbers for node in ast.walk(source.sites[number].node)]
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _shared(test: NDArray[Any], train: NDArray[Any], base: NDArray[Any], *, whole: bool) -> tuple[int, int]:
    """How many of a test set are in a training set, of how many; rows that occur twice in all do not count."""
    if len(base) <= (len(test) if whole else max(len(test), len(train))):
        return 0, len(test)
    if test.ndim == 1 and test.dtype.kind not in "iu":
        return 0, len(test)
    times = Counter(_rows(base))
    if max(times.values(), default=0) > len(base) // 2 or (test.ndim == 1 and len(times) < len(base)):
        return 0, len(test)  # labels, not samples
    trained = set(_rows(train))
    return sum(times[row] == 1 and row in trained for row in _rows(test)), len(test)


def _rows(array: NDArray[Any]) -> list[bytes]:
    return [np.ascontiguousarray(row).tobytes() for row in array]


def _scaled(lab: Lab, watch: _Watch) -> Iterator[Fact]:
    """Two sets without a sample in common that are both on a scale that only their own figures can give."""
    fed = {row for array, _ in watch.fed for row in _rows(array)}
    trained = next((array for array in watch.standing if _mostly(fed, array)), None)
    if trained is None:
        return
    rows = set(_rows(trained))
    for array, place in watch.asked:
        same = array.shape[1] == trained.shape[1] and own_scale(array) == own_scale(trained)
        if same and not rows & set(_rows(array)):
            lines = _lines_of(lab.tracer.source, watch, array, place)
            sizes = {"train": len(trained), "test": len(array), "scale": own_scale(array)}
            yield {"line": lines[0] if lines else 0, "lines": lines, **sizes}
            return


def _mostly(fed: set[bytes], array: NDArray[Any]) -> bool:
    """Whether more than half of a set is trained on: some may be held back, and batches come one by one."""
    return sum(row in fed for row in _rows(array)) > len(array) // 2


def _lines_of(source: SourceMap, watch: _Watch, array: NDArray[Any], place: int) -> list[int]:
    """The line that gives a set its name, where it has one, and the line that evaluates it."""
    if place < 0:
        return []
    call = source.sites[place]
    held = watch.scopes.get(place, {}).items()
    tables = [(name, value) for name, value in held if isinstance(value, np.ndarray) and value.ndim == 2]
    names = {name for name, value in tables if any(np.array_equal(one, array) for one in (value, value.T))}
    made = [
        site.line
        for site in source.sites
        if isinstance(site.node, ast.Assign)
        and site.function == call.function
        and site.line < call.line
        and any(isinstance(n, ast.Name) and n.id in names for t in site.node.targets for n in ast.walk(t))
    ]
    return [*made[-1:], call.line]
