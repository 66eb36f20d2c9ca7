"""Read what training logs: a figure made of arrays that are all zero whenever it is made says nothing of them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import in_loop, lookup, scalar
from gradcheck.findings import Observation
from gradcheck.subject.discover.leaves import leaves
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError, Site

SECONDS = 0.6
# Of the processor, so that a busy machine sees as much as an idle one.
ROUNDS = 3
MOST = 6
MANY = 400
# Things to look at in what a figure is made of: a network reaches its gradients over its layers.

Fact = dict[str, Any]


def norm_audit(lab: Lab) -> Observation:
    """Facts: `cleared`, a list of {line, text, target, rounds, before}.

    A statement in a loop of the training call makes one number from arrays shaped like parameters. It is 0 every
    time, since they have been cleared by then, though `before` was the largest entry of theirs since the last time.
    """
    watch = _Watch(lab, {value.shape for value in lab.truth.values.values()})

    def run(live: Live) -> None:
        watch.training = True
        live.execute(lab.wiring.train)

    if lab.wiring.train:
        lab.tracer.watching(watch.enter, run)
    source = lab.tracer.source
    cleared: list[Fact] = [
        {
            "line": source.sites[number].line,
            "text": source.text(source.sites[number]),
            "target": ast.unparse(source.sites[number].node.targets[0]),  # type: ignore[attr-defined] # an assignment
            "rounds": seen.rounds,
            "before": seen.largest,
        }
        for number, seen in watch.seen.items()
        if seen.rounds >= ROUNDS and seen.zero and seen.largest > 0.0
    ]
    return Observation("norm_audit", {"cleared": cleared})


@dataclass(slots=True)
class _Seen:
    """A number that was 0 when it was made, and the arrays that what it is made of reaches.

    Attributes:
        site: the statement.
        parts: what it reads.
        arrays: those shaped like parameters, by their identity.
        alive: which of them have not been all 0 at some time since.
        rounds: how often it was made.
        zero: whether it was 0 every time, with arrays that had been something else.
        largest: entry of theirs.
    """

    site: Site
    parts: Sequence[ast.expr]
    arrays: dict[int, NDArray[Any]] = field(default_factory=dict)
    alive: set[int] = field(default_factory=set)
    rounds: int = 0
    zero: bool = True
    largest: float = 0.0


@dataclass(slots=True)
class _Watch:
    lab: Lab
    shapes: set[tuple[int, ...]]
    seen: dict[int, _Seen] = field(default_factory=dict)
    training: bool = False
    until: float = field(default_factory=lambda: process_time() + SECONDS)
    _last: dict[str, Site] = field(default_factory=dict)
    _looks: Counter[int] = field(default_factory=Counter)
    _open: dict[str, set[int]] = field(default_factory=dict)

    def enter(self, number: int, names: Mapping[str, Any]) -> None:
        if not self.training:  # still at the setup, which no round of training is to be judged by
            return
        site = self.lab.tracer.source.sites[number]
        for seen in self.seen.values():
            if seen.site.function == site.function:  # what it reads may be made anew in every round
                seen.arrays = self._arrays(seen.parts, names) or seen.arrays
            sizes = {key: float(np.abs(array).max(initial=0.0)) for key, array in seen.arrays.items()}
            seen.alive |= {key for key, size in sizes.items() if size > 0.0}
            seen.largest = max([seen.largest, *sizes.values()])
        last = self._last.get(site.function)
        self._last[site.function] = site
        if site.function not in self._open:
            self._open[site.function] = self._candidates(site.function)
        if last is not None and last.number in self._open[site.function]:
            self._look(last, last.node, names)  # type: ignore[arg-type] # candidates are assignments
        self._looks[number] += 1
        done = self._looks[number] > ROUNDS and not any(self._open.values())
        if done or process_time() > self.until or any(seen.rounds >= MOST for seen in self.seen.values()):
            raise EnoughSeenError

    def _candidates(self, function: str) -> set[int]:
        """The assignments in loops of a function; each is struck off once it is seen to be something else."""
        source = self.lab.tracer.source
        sites = (site for site in source.sites if site.function == function)
        return {s.number for s in sites if isinstance(s.node, ast.Assign) and in_loop(source, s) is not None}

    def _look(self, site: Site, node: ast.Assign, names: Mapping[str, Any]) -> None:
        made = lookup(node.targets[0], names)
        parts = [part for part in ast.walk(node.value) if isinstance(part, ast.Name | ast.Attribute)]
        arrays = self._arrays(parts, names) if scalar(made) and float(made) == 0.0 else {}
        cleared = [key for key, array in arrays.items() if not np.any(array)]
        few = max(1, len(self.shapes) // 2)
        if len(cleared) < few:
            if site.number in self.seen:
                self.seen[site.number].zero = False
            self._strike(site)
            return
        seen = self.seen.setdefault(site.number, _Seen(site, parts))
        gone = seen.alive - arrays.keys()  # zeros may stand in their place
        seen.zero &= not seen.rounds or len((seen.alive & set(cleared)) | gone) >= few
        seen.rounds += 1
        seen.arrays, seen.alive = {key: arrays[key] for key in cleared}, set()

    def _strike(self, site: Site) -> None:
        if site.number not in self.seen and self._looks[site.number] >= ROUNDS:
            self._open[site.function].discard(site.number)

    def _arrays(self, parts: Sequence[ast.expr], names: Mapping[str, Any]) -> dict[int, NDArray[Any]]:
        """The arrays shaped like parameters that some expressions reach, by their identity."""
        held = {str(place): lookup(part, names) for place, part in enumerate(parts)}
        reached = (leaf.value for leaf in leaves(held, most=MANY))
        return {id(a): a for a in reached if isinstance(a, np.ndarray) and a.shape in self.shapes}
