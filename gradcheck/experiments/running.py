"""Move what a network keeps between its passes: in training no output may depend on the averages that it makes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.subject.discover.leaves import last_name, leaves
from gradcheck.subject.program import Live
from gradcheck.trace import Recorder, Site, SourceMap

SAME = 1e-6

Array = NDArray[np.float64]
Fact = dict[str, Any]
Ask = Callable[[Live], object]


@dataclass(frozen=True, slots=True)
class Average:
    """An array that a pass moves a share of the way to something else, wherever it was before.

    Attributes:
        path: an expression for it.
        name: what it is called where it is kept.
        change: how far the outcome of the pass goes with it, as a share of that.
        before: another value that it was given.
        after: what the pass made of that.
    """

    path: str
    name: str
    change: float
    before: Array
    after: Array


def averages_read(lab: Lab) -> list[Fact]:
    """Training passes that depend on the averages that they move: at most one {function, line, lines, kept, change}.

    With `instead`, pairs of what is read and of the batch's own statistic there, the lines that `read` them, and the
    `condition` under which the averages are moved, empty where what reads them stands under that as well.
    """
    for ask in (_loss, _gradient) if lab.wiring.grads is not None else (_loss,):
        moved = [found for path in _moved(lab, ask) if (found := _average(lab, path, ask)) is not None]
        read = [average for average in moved if average.change > SAME]
        if read:
            return [_fact(lab, read, ask)]
        if moved:
            return []
    return []


def _loss(live: Live) -> Array:
    return np.array([live.loss()])


def _gradient(live: Live) -> Array:
    return np.concatenate([np.ravel(value) for value in live.gradient().values()])


def _moved(lab: Lab, ask: Ask) -> list[str]:
    """The arrays of floats, no parameter and no input, that a pass leaves with other numbers."""
    live = lab.program.start()
    own = {id(live.object(name)) for name in lab.wiring.params}
    before = {path: value.copy() for path, value in _arrays(live) if id(value) not in own}
    ask(live)
    after = dict(_arrays(live))
    return [
        path
        for path, value in before.items()
        if path in after and after[path].shape == value.shape and not np.array_equal(after[path], value)
    ]


def _arrays(live: Live) -> Iterator[tuple[str, Array]]:
    """The arrays of floats that the setup and the module reach, each once, with expressions for them."""
    module = {f"m.{n}": v for n, v in live.program.module.__dict__.items() if not n.startswith("__")}
    scope = {name: value for name, value in live.scope.items() if name not in {"m", "np"}}
    for leaf in leaves({**scope, **module}):
        if isinstance(leaf.value, np.ndarray) and leaf.value.dtype.kind == "f" and leaf.value.size > 1:
            yield leaf.expression, leaf.value


def _average(lab: Lab, path: str, ask: Ask) -> Average | None:
    """Whether a pass takes an array a share of the way, the same share from two places; and what depends on it."""
    start = np.asarray(lab.program.start().evaluate(path), dtype=float)
    rng = np.random.default_rng([lab.seed, 0xA7])
    runs = []
    for _ in range(2):
        live = lab.program.start()
        other = np.abs(start) + 0.5 + rng.random(start.shape)
        try:
            live.evaluate(path)[...] = other
            outcome = np.asarray(ask(live))
            runs.append((other, np.array(live.evaluate(path), dtype=float), outcome))
        except (GradcheckError, TypeError, ValueError):
            return None
    (one, to_one, first), (two, to_two, second) = runs
    if to_one.shape != one.shape:
        return None
    shares = (to_one - to_two) / (one - two)
    if not (np.ptp(shares) < SAME < float(np.mean(shares)) < 1.0 - SAME):
        return None
    size = float(np.max(np.abs(first), initial=0.0))
    change = float(np.max(np.abs(first - second))) / size if size > 0.0 else 0.0
    return Average(path, last_name(path), change, one, to_one)


def _fact(lab: Lab, read: list[Average], ask: Ask) -> Fact:
    source = lab.tracer.source
    views = [_View(source, lab.tracer.recording(partial(_with, ask=ask, average=one)), one) for one in read]
    recorder = views[0].recorder
    reading = sorted(
        {site.number: site for view in views for site in view.reading()}.values(), key=_order(recorder)
    )
    place = reading[0] if reading else None
    lines = [place.line] if place is not None else []
    chosen = place is not None and _chosen(source, place, {n for view in views for n in view.moving()})
    if place is not None and chosen:
        root = source.sites[recorder.reached[0]].function
        until = recorder.reached.index(place.statement)
        own = [n for n in recorder.reached[:until] if source.sites[n].function == root]
        lines = [source.sites[own[-1]].line, *lines] if own else lines
    instead = [(source.text(site), view.batch(site.function)) for view in views for site in view.reading()]
    return {
        "function": place.function if place is not None else "",
        "line": lines[0] if lines else 0,
        "lines": lines,
        "kept": list(dict.fromkeys(average.name for average in read)),
        "change": max(average.change for average in read),
        "instead": []
        if chosen
        else [list(pair) for pair in dict.fromkeys(instead) if pair[1] not in {"", pair[0]}],
        "read": sorted({site.line for site in reading}),
        "condition": next((text for view in views if (text := view.condition(place))), ""),
    }


def _order(recorder: Recorder) -> Callable[[Site], tuple[int, int]]:
    return lambda site: (recorder.reached.index(site.statement), site.number)


def _with(live: Live, ask: Ask, average: Average) -> object:
    live.evaluate(average.path)[...] = average.before
    return ask(live)


@dataclass(frozen=True, slots=True)
class _View:
    """Where one average is seen in a recorded pass."""

    source: SourceMap
    recorder: Recorder
    average: Average

    def reading(self) -> list[Site]:
        """The places that take the average as it is, in statements that do not move it; none behind those."""
        moving = self.moving()
        taken: dict[int, Site] = {}
        for number, sighting in self.recorder.seen.items():
            site = self.source.sites[number]
            same = any(self._is(value, self.average.before, self.average.after) for value in sighting.values)
            if same and isinstance(site.node, ast.Name | ast.Attribute | ast.Subscript):
                taken.setdefault(number, site)
        kept = self.average.name
        return [
            site
            for site in taken.values()
            if site.statement not in moving
            and kept in ast.unparse(site.node)
            and site.statement in self.recorder.reached
        ]

    def batch(self, function: str) -> str:
        """What a function calls the batch's own statistic, which the average is taken towards."""
        before, after = self.average.before, self.average.after
        for number, sighting in self.recorder.seen.items():
            site = self.source.sites[number]
            value = sighting.values[0] if sighting.values else None
            if site.function != function or not isinstance(site.node, ast.Name) or not self._fits(value):
                continue
            gap = np.asarray(value, dtype=float).ravel() - before.ravel()
            shares = (after - before).ravel() / np.where(gap == 0.0, np.nan, gap)
            if np.ptp(shares) < SAME < shares[0] < 1.0 - SAME:
                return self.source.text(site)
        return ""

    def condition(self, place: Site | None) -> str:
        """What has to hold for the average to be moved, where the place that reads it does not stand under that."""
        for statement in self.moving():
            parent = self.source.sites[self.source.sites[statement].parent]
            if isinstance(parent.node, ast.If) and self.source.sites[statement].node in parent.node.body:
                inside = place is not None and parent.start <= place.start < parent.end
                return "" if inside else ast.unparse(parent.node.test)
        return ""

    def moving(self) -> set[int]:
        """The statements that take the average on its way."""
        return {
            self.source.sites[number].statement
            for number, sighting in self.recorder.seen.items()
            if isinstance(self.source.sites[number].node, ast.BinOp)
            and any(self._is(value, self.average.after) for value in sighting.values)
        }

    def _fits(self, value: object) -> bool:
        shape = self.average.before.shape
        return isinstance(value, np.ndarray) and value.shape == shape and value.dtype.kind == "f"

    def _is(self, value: object, *others: Array) -> bool:
        return self._fits(value) and any(np.array_equal(value, other) for other in others)  # type: ignore[arg-type] # an array


def _chosen(source: SourceMap, site: Site, moving: set[int]) -> bool:
    """Whether a place is one branch of a choice, and not that which moves the averages: the choice is wrong then."""
    while site.parent >= 0:
        parent = source.sites[site.parent]
        if isinstance(parent.node, ast.If | ast.IfExp) and site.node is not parent.node.test:
            start, end = parent.start, parent.end
            return not any(start <= source.sites[n].start < end for n in moving)
        site = parent
    return False
