"""The recorder: what an instrumented run reports, and what it is told to disturb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.trace.snapshots import Memo, snapshot

KEPT = 6
# Sightings kept per site: loops over layers and time steps are short, loops over samples repeat themselves.


@dataclass(slots=True)
class Sighting:
    """The values that a site took during one run.

    Attributes:
        count: how often it was evaluated.
        values: the first few values, arrays copied.
    """

    count: int = 0
    values: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class First:
    """A disturbance of one evaluation only: the first, or the one after `turn` others.

    Attributes:
        change: what to put in place of the value then.
        turn: which evaluation, from 0.
        count: how many there were so far.
    """

    change: Callable[[Any], Any]
    turn: int = 0
    count: int = 0

    def __call__(self, value: Any) -> Any:
        """What the evaluation comes to."""
        self.count += 1
        return self.change(value) if self.count == self.turn + 1 else value


@dataclass(slots=True)
class Recorder:
    """Receives values from instrumented code.

    Attributes:
        seen: site number -> what it took.
        scopes: statement number -> the local names and values when it was first reached.
        states: the same with the numbers that they reach as they stood then; see `gradcheck.trace.snapshots`.
        reached: statement numbers in the order in which they were first reached.
        disturb: site number -> what to put in place of its value.
        keep: whether values and scopes are kept at all; a disturbed run needs neither.
        watch: called with (statement number, local names) before each statement, if given.
    """

    seen: dict[int, Sighting] = field(default_factory=dict)
    scopes: dict[int, dict[str, Any]] = field(default_factory=dict)
    states: dict[int, dict[str, Any]] = field(default_factory=dict)
    reached: list[int] = field(default_factory=list)
    disturb: dict[int, Callable[[Any], Any]] = field(default_factory=dict)
    keep: bool = True
    watch: Callable[[int, dict[str, Any]], None] | None = None
    _copies: Memo = field(default_factory=dict)

    def see(self, number: int, value: Any) -> Any:
        """Called by instrumented code with the value of an expression; returns what it is to go on with."""
        if self.keep:
            sighting = self.seen.get(number)
            if sighting is None:
                sighting = self.seen[number] = Sighting()
            sighting.count += 1
            if len(sighting.values) < KEPT:
                sighting.values.append(value.copy() if isinstance(value, np.ndarray) else value)
        change = self.disturb.get(number)
        return value if change is None else change(value)

    def enter(self, number: int, names: dict[str, Any]) -> None:
        """Called by instrumented code before a statement, with its local names."""
        if self.keep and number not in self.scopes:
            self.scopes[number] = {name: value for name, value in names.items() if not name.startswith("__")}
            self.states[number] = snapshot(names, self._copies)
            self.reached.append(number)
        if self.watch is not None:
            self.watch(number, names)

    def taken(self) -> Recorder:
        """What was reported so far, in a recorder of its own that keeps nothing more."""
        return Recorder(self.seen, self.scopes, self.states, self.reached, keep=False)

    def give(self, other: Recorder) -> None:
        """Go on from what another one holds."""
        self.seen, self.scopes, self.states, self.reached = (
            other.seen,
            other.scopes,
            other.states,
            other.reached,
        )
