"""Snapshots: weights kept "by reference" when they were best, and overwritten by every later update."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import process_time
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.discover.leaves import identities
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError, Site, SourceMap

SECONDS = 1.5
# Of the processor, so that a busy machine sees as much as an idle one.
# To watch a training call that may go on for hours: a best is found early, and overwritten by the next step.
LOOKS = 5
# At a place that holds no parameter's own array so often, none is kept by reference.


def snapshot_audit(lab: Lab) -> Observation:
    """Facts: `snapshots`, a list of {line, target, parameters, texts, text, used, shallow}.

    A snapshot is taken at `line`, under a condition, inside a loop or in a function called from one; it holds the
    very arrays that later updates change in place, and is read again at line `used`. Parameters that an update
    replaces by new arrays are safe to keep by reference and are not reported. `shallow`: the container that holds them,
    made by `text`, is a new one.
    """
    watch = _Watch(lab.tracer.source, lab)

    def run(live: Live) -> None:
        watch.live = live
        if lab.wiring.train:
            live.execute(lab.wiring.train)
        else:
            live.gradient()

    lab.tracer.watching(watch.enter, run)
    snapshots = [*watch.found.values(), *watch.shallow.values()] if watch.overwritten else []
    return Observation(
        "snapshot_audit",
        {"snapshots": snapshots},
        "the best weights are kept by reference" if snapshots else "",
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """A place where weights may be kept: the name, what it is given, and a line that reads it later."""

    target: str
    value: ast.expr
    used: int


@dataclass(slots=True)
class _Watch:
    source: SourceMap
    lab: Lab
    live: Live | None = None
    found: dict[int, dict[str, Any]] = field(default_factory=dict)
    shallow: dict[int, dict[str, Any]] = field(default_factory=dict)
    overwritten: bool = False
    until: float = field(default_factory=lambda: process_time() + SECONDS)
    _candidates: dict[int, list[_Kept]] = field(default_factory=dict)
    _before: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    _looks: Counter[int] = field(default_factory=Counter)
    _last: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        passing = set(self.lab.tracer.recording(lambda live: live.loss()).reached)  # on through the layers
        for site in self.source.sites:
            if not site.function or site.number in passing:
                continue
            if isinstance(site.node, ast.Assign) and _better(self.source, site):
                kept = [
                    _Kept(target, value, _used_line(self.source, site, target))
                    for target, value in _pairs(site.node)
                    if _lasts(self.source, site, target)
                ]
                read = [one for one in kept if one.used]
                self._candidates |= {site.number: read} if read else {}

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        if self.live is None:
            return
        if (
            not self._candidates
            or process_time() > self.until
            or ((self.found or self.shallow) and self.overwritten)
        ):
            raise EnoughSeenError
        self._watch_updates()
        self._look_at_last(number, names)
        if number in self.found or number not in self._candidates:
            return
        self._last[self.source.sites[number].function] = number
        self._look(number, names)
        self._looks[number] += 1
        if number not in self.found and self._looks[number] >= LOOKS:
            del self._candidates[number]

    def _look_at_last(self, number: int, names: Mapping[str, Any]) -> None:
        """What a place has kept by now, in a new container: the arrays themselves all the same?"""
        assert self.live is not None
        last = self._last.pop(self.source.sites[number].function, -1)
        if last < 0 or last in self.found or last in self.shallow:
            return
        arrays = {name: self.live.object(name) for name in self.lab.wiring.params}
        module = self.live.program.module.__dict__
        for kept in self._candidates.get(last, []):
            target = ast.parse(kept.target, mode="eval").body
            held = identities(_lookup(target, {**module, **names}))
            own = [n for n, a in arrays.items() if isinstance(a, np.ndarray) and id(a) in held]
            if own:
                line = self.source.sites[last].line
                text = self.source.text(self.source.site_of(kept.value))
                place = {"line": line, "lines": [line, kept.used], "target": kept.target, "text": text}
                self.shallow[last] = {
                    **place,
                    "texts": [],
                    "parameters": own,
                    "used": kept.used,
                    "shallow": True,
                }

    def _look(self, number: int, names: Mapping[str, Any]) -> None:
        for kept in self._candidates[number]:
            held = self._parameters_in(kept.value, names)
            if held:
                self.found[number] = {
                    "line": self.source.sites[number].line,
                    "target": kept.target,
                    "parameters": list(dict.fromkeys(name for found in held.values() for name in found)),
                    "texts": list(held),
                    "text": self.source.text(self.source.site_of(kept.value)),
                    "used": kept.used,
                    "shallow": False,
                }

    def _watch_updates(self) -> None:
        """Notice when a parameter's array is the same object with other contents: an update in place."""
        assert self.live is not None
        if self.overwritten:
            return
        for name in self.lab.wiring.params:
            array = self.live.object(name)
            if isinstance(array, np.ndarray):
                now = (id(array), array.tobytes())
                before = self._before.get(name, now)
                self.overwritten = self.overwritten or (before[0] == now[0] and before[1] != now[1])
                self._before[name] = now

    def _parameters_in(self, value: ast.expr, names: Mapping[str, Any]) -> dict[str, list[str]]:
        """The parts of the right-hand side that hand over parameters' own arrays, with those parameters."""
        assert self.live is not None
        arrays = {name: self.live.object(name) for name in self.lab.wiring.params}
        held: dict[str, list[str]] = {}
        module = self.live.program.module.__dict__
        for part in _parts(value):
            reached = identities(_lookup(part, {**module, **names}))
            own = [n for n, a in arrays.items() if isinstance(a, np.ndarray) and id(a) in reached]
            if own:
                held[self.source.text(self.source.site_of(part))] = own
        return held


def _pairs(node: ast.Assign) -> list[tuple[str, ast.expr]]:
    """What is kept under which name or attribute; a tuple on both sides is taken apart."""
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = list(zip(target.elts, value.elts, strict=True))
    else:
        pairs = [(target, value)]
    return [(ast.unparse(name), kept) for name, kept in pairs if isinstance(name, ast.Name | ast.Attribute)]


def _better(source: SourceMap, site: Site) -> bool:
    """Whether a statement runs only if one number is above or below another: better than the best so far."""
    return any(
        isinstance(above.node, ast.If)
        and any(
            isinstance(sign, ast.Lt | ast.LtE | ast.Gt | ast.GtE)
            for part in ast.walk(above.node.test)
            if isinstance(part, ast.Compare)
            for sign in part.ops
        )
        for above in _above(source, site)
    )


def _lasts(source: SourceMap, site: Site, target: str) -> bool:
    """Whether what a statement binds outlives it: in a loop, beyond its function, or as what that returns."""
    looped = any(isinstance(above.node, ast.For | ast.While) for above in _above(source, site))
    own = (other.node for other in source.sites if other.function == site.function)
    return looped or "." in target or any(_hands_on(node, target) for node in own)


def _hands_on(node: ast.AST, name: str) -> bool:
    """Whether a statement makes a name one of the module, or returns what it holds."""
    if isinstance(node, ast.Global | ast.Nonlocal):
        return name in node.names
    returned = node.value if isinstance(node, ast.Return) else None
    return returned is not None and name in {ast.unparse(part) for part in _parts(returned)}


def _above(source: SourceMap, site: Site) -> Iterator[Site]:
    while site.parent >= 0:
        site = source.sites[site.parent]
        yield site


def _used_line(source: SourceMap, site: Site, target: str) -> int:
    """A line that reads the snapshot again, outside the condition under which it was taken."""
    condition = source.sites[site.parent]
    for other in source.sites:
        node = other.node
        inside = condition.start <= other.start < condition.end
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load) and not inside:
            same_place = other.function == site.function or "." in target
            if same_place and ast.unparse(node) == target:
                return other.line
    return 0


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List):
        for part in node.elts:
            yield from _parts(part)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _parts(value)
    else:
        yield node


def _lookup(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """The object that a plain name, attribute or item stands for; None for anything that computes."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_lookup(node.value, names), node.attr, None)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        owner = _lookup(node.value, names)
        try:
            return owner[node.slice.value]
        except (TypeError, KeyError, IndexError):
            return None
    return None
