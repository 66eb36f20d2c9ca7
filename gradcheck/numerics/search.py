"""The search for wrong entries: weighted checksums for one, adaptive bisection for several.

With random signs s and weights w rising from 1 to 2, (r.(s*w)) / (r.s) is the weight of a single wrong entry and so
tells its place, from two directional derivatives; the entry's own derivative confirms it. Source: Huang and Abraham,
"Algorithm-based fault tolerance for matrix operations", IEEE Trans. Computers C-33 (1984).

Bisection measures one half of a block along a random direction; along the same direction the other half is what is left
of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics.directional import Residual, random_directions
from gradcheck.numerics.parameters import Leaf, Parameters, Vector
from gradcheck.numerics.patterns import Probe, pattern

Slots = NDArray[np.intp]

WINDOW = 3  # entries on each side of the place a checksum points at that are looked at too
SIGNIFICANT = 2.0  # bars that a residual must exceed to count
MANY = 24  # wrong entries in a parameter from which on rows and columns are told instead
ROUNDS = 2  # searches of all parameters
SHARP = 3.0
"""Bar of what is left of a block, in units of that of its measured half, up to which it can prove the rest right. A
block that was measured itself leaves 1 + sqrt(2); one that was only inferred leaves more, and its rest is measured."""


@dataclass(frozen=True, slots=True)
class Block:
    """Slots known to hold a wrong entry, and how much a random direction on them is off.

    Attributes:
        slots: the entries.
        direction: ``(n,)``, zero elsewhere.
        error: r.direction.
        bar: of that.
    """

    slots: Slots
    direction: Vector
    error: float
    bar: float

    def without(self, half: Block) -> Block:
        """The slots that are not in a half, and what the half leaves of the error."""
        slots = (
            self.slots[half.slots.size :]
            if half.slots[0] == self.slots[0]
            else self.slots[: -half.slots.size]
        )
        direction = self.direction.copy()
        direction[half.slots] = 0
        return Block(slots, direction, self.error - half.error, self.bar + half.bar)

    @property
    def is_wrong(self) -> bool:
        """Whether the error stands out of its bar."""
        return bool(abs(self.error) > SIGNIFICANT * self.bar)


@dataclass(slots=True)
class Search:
    """One search for wrong entries.

    Attributes:
        residual: measures how wrong the gradient is along a direction; corrected as entries are found.
        rng: of the random directions.
        budget: evaluations after which to stop.
        found: slots of the wrong entries, with measured value and bar.
        patterns: by parameter.
        shaped: parameters whose pattern was told without singling out their entries.
        settled: whether nothing is left unexplained, by the checksums or by a last random direction.
        last_bar: error bar of the entry confirmed last.
        original: the gradient as the code gave it.
    """

    residual: Residual
    rng: np.random.Generator
    budget: int
    found: dict[int, tuple[float, float]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    shaped: set[str] = field(default_factory=set)
    settled: bool = False
    last_bar: float = 0.0
    original: Vector = field(init=False)

    def __post_init__(self) -> None:
        self.original = self.residual.analytic.copy()
        self.residual.analytic = self.residual.analytic.copy()

    def run(self) -> bool:
        """Look in all parameters together for a single wrong entry, then in each for several.

        Returns:
            Whether nothing is wrong beyond what was found, as far as a last random direction tells.
        """
        parameters = self.residual.objective.parameters
        everything = np.arange(parameters.size)
        checksums = self._checksums(everything)
        # Two checksums and a confirmation that fit together prove the complex step as well; else differences do.
        measured = self.residual.try_complex(checksums)
        if measured is None or not self._decode(everything, checksums, *measured):
            self._forget()
            if self.residual.by_complex:
                self.residual.prove_complex(checksums[0])
            if not self._holds_one(everything):
                self._search_rounds(parameters)
        self._name_patterns(parameters)
        return self.settled

    def _search_rounds(self, parameters: Parameters) -> None:
        """Search every parameter until nothing is left, or twice: what one random direction missed, another shows."""
        for _ in range(ROUNDS):
            self._search_each(parameters)
            if not self._may_go_on():
                return
            self.settled = not self._is_wrong(self._untold(parameters))
            if self.settled:
                return

    def _search_each(self, parameters: Parameters) -> None:
        for leaf in parameters.leaves:
            if leaf.name in self.shaped:
                continue
            slots = np.arange(leaf.start, leaf.stop)
            if self._is_wrong(slots) and not self._holds_one(slots):
                self._several(leaf)

    def _may_go_on(self) -> bool:
        return self.residual.objective.evaluations <= self.budget

    def _forget(self) -> None:
        self.found.clear()
        self.residual.analytic = self.original.copy()
        self.settled = False

    def _signs(self, slots: Slots) -> Vector:
        signs = np.zeros(self.original.size)
        signs[slots] = self.rng.choice([-1.0, 1.0], size=slots.size)
        return signs

    def _checksums(self, slots: Slots) -> Vector:
        """Random signs on some slots, plain and weighted, ``(2, n)``."""
        signs = self._signs(slots)
        weights = np.zeros_like(signs)
        weights[slots] = 1 + np.arange(slots.size) / slots.size
        return np.stack([signs, signs * weights])

    def _holds_one(self, slots: Slots) -> bool:
        """Look for a single wrong entry among `slots`; whether that settled them."""
        checksums = self._checksums(slots)
        return self._decode(slots, checksums, *self.residual.along(checksums, precise=True))

    def _decode(self, slots: Slots, checksums: Vector, errors: Vector, bars: Vector) -> bool:
        """Decode a single wrong entry among `slots` from its checksums; whether that settled them."""
        if np.all(np.abs(errors) <= bars):
            self.settled = slots.size == self.original.size
            return True
        near = _pointed_at(slots, errors, bars)
        if not near.size:
            return False
        slot = self._single(near, checksums[0], float(errors[0]), float(bars[0]))
        error = self._confirm(slot, precise=True)
        rest = np.abs(errors - checksums[:, slot] * error)
        explained = bool(np.all(rest <= SIGNIFICANT * (bars + self.last_bar * np.array([1, 2]))))
        self.settled = explained and slots.size == self.original.size
        return bool(error) and explained

    def _single(self, slots: Slots, signs: Vector, plain: float, bar: float) -> int:
        """Which of some neighbours is the wrong one, r.signs being known: its weight among them tells, or halving."""
        while slots.size > 1:
            # Weights centred on the window are small, and so is the share of the bar of r.signs in the decoded place.
            direction = np.zeros((1, signs.size))
            direction[0, slots] = signs[slots] * (np.arange(slots.size) - slots.size // 2)
            (weighted,), (weighted_bar,) = self.residual.along(direction)
            weight = weighted / plain
            blur = (weighted_bar + abs(weight) * bar) / abs(plain)
            near = slots[np.abs(np.arange(slots.size) - slots.size // 2 - weight) <= max(blur, 1 / 4)]
            if not 0 < near.size <= slots.size // 2:
                half = slots[: slots.size // 2]
                near = half if self._is_wrong(half) else slots[slots.size // 2 :]
            slots = near
        return int(slots[0])

    def _confirm(self, slot: int, *, precise: bool = False) -> float:
        """Measure one entry; if it is wrong, note and correct it, and return its error."""
        direction = np.zeros((1, self.original.size))
        direction[0, slot] = 1
        (error,), (bar,) = self.residual.along(direction, precise=precise)
        self.last_bar = float(bar)
        if abs(error) <= SIGNIFICANT * bar:
            return 0.0
        self.residual.analytic[slot] -= error
        self.found[slot] = (float(self.residual.analytic[slot]), float(bar))
        return float(error)

    def _measure(self, slots: Slots, direction: Vector) -> Block:
        (error,), (bar,) = self.residual.along(direction[None])
        return Block(slots, direction, float(error), float(bar))

    def _is_wrong(self, slots: Slots) -> bool:
        """Whether a random direction on `slots` shows an error."""
        if not slots.size:
            return False
        return self._measure(slots, random_directions(self.rng, 1, slots, self.original.size)[0]).is_wrong

    def _several(self, leaf: Leaf) -> None:
        """Bisect a parameter; with many wrong entries, tell rows from columns instead."""
        slots = np.arange(leaf.start, leaf.stop)
        before = set(self.found)
        if self._bisect(slots, limit=len(before) + MANY):
            return
        for slot in set(self.found) - before:  # undo: a few entries of many say nothing
            self.residual.analytic[slot] = self.original[slot]
            del self.found[slot]
        self.patterns[leaf.name] = Probe(self._is_wrong, self._may_go_on, self.rng).shape_of(leaf)
        self.shaped.add(leaf.name)

    def _bisect(self, slots: Slots, limit: int) -> bool:
        """Find every wrong entry among slots known to hold one; False if there are too many."""
        whole = self._measure(slots, random_directions(self.rng, 1, slots, self.original.size)[0])
        stack = [whole]
        while stack:
            if len(self.found) >= limit or not self._may_go_on():
                return False
            block = stack.pop()
            if block.slots.size == 1:
                self._confirm(int(block.slots[0]))
            else:
                stack += self._wrong_halves(block)
        return True

    def _wrong_halves(self, block: Block) -> list[Block]:
        """The halves of a block that hold an error; both, if both do."""
        middle = block.slots.size // 2
        direction = np.zeros_like(block.direction)
        direction[block.slots[:middle]] = block.direction[block.slots[:middle]]
        left = self._measure(block.slots[:middle], direction)
        right = block.without(left)
        # The block is known to be wrong: where the left half is right, the right half must be wrong.
        if not left.is_wrong:
            return [right]
        if not right.is_wrong and right.bar > SHARP * left.bar:
            right = self._measure(right.slots, right.direction)
        return [right, left] if right.is_wrong else [left]

    def _name_patterns(self, parameters: Parameters) -> None:
        for leaf in parameters.leaves:
            places = [slot - leaf.start for slot in self.found if leaf.start <= slot < leaf.stop]
            if places and leaf.name not in self.patterns:
                self.patterns[leaf.name] = pattern(np.array(sorted(places)), leaf.shape)

    def _untold(self, parameters: Parameters) -> Slots:
        """Slots of the parameters of which no pattern stands for entries that were not singled out."""
        told = [np.arange(leaf.start, leaf.stop) for leaf in parameters.leaves if leaf.name in self.shaped]
        return np.setdiff1d(np.arange(parameters.size), np.concatenate(told) if told else [])


def _pointed_at(slots: Slots, errors: Vector, bars: Vector) -> Slots:
    """Where the checksums point if a single entry is wrong: it and neighbours within the bars, or nothing."""
    (plain, weighted), (bar, weighted_bar) = errors, bars
    if abs(plain) <= SIGNIFICANT * bar:
        return slots[:0]
    weight = weighted / plain
    blur = (weighted_bar + abs(weight) * bar) / abs(plain)
    reach = int(np.ceil(blur * slots.size - 0.25))
    place = round((weight - 1) * slots.size)
    if not -reach <= place < slots.size + reach or reach > max(WINDOW, slots.size // 8):
        return slots[:0]
    place = int(np.clip(place, 0, slots.size - 1))
    return slots[max(0, place - reach) : place + reach + 1]
