"""Which entries of a gradient are wrong: weighted checksums for one, adaptive bisection for several.

With random signs s and weights w rising from 1 to 2, (r.(s*w)) / (r.s) is the weight of a single wrong entry and so
tells its place, from two directional derivatives; the entry's own derivative confirms it. Source: Huang and Abraham,
"Algorithm-based fault tolerance for matrix operations", IEEE Trans. Computers C-33 (1984).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import InputError
from gradcheck.numerics.directional import Residual, random_directions
from gradcheck.numerics.objective import Function, Objective
from gradcheck.numerics.parameters import Leaf, Parameters, Structure, Vector

Gradient = Callable[[Structure], Structure] | Structure

WINDOW = 3  # entries on each side of the place a checksum points at that are looked at too
SIGNIFICANT = 2.0  # bars that a residual must exceed to count
MANY = 24  # wrong entries in a parameter from which on rows and columns are told instead


@dataclass(frozen=True, slots=True)
class WrongEntry:
    """One wrong entry of a gradient.

    Attributes:
        parameter: its name.
        index: where in it.
        analytic: what the code says.
        measured: what it is.
        bar: error bar of that.
    """

    parameter: str
    index: tuple[int, ...]
    analytic: float
    measured: float
    bar: float


@dataclass(frozen=True, slots=True)
class Located:
    """Where a gradient is wrong.

    Attributes:
        entries: the wrong entries that were singled out, largest error first.
        patterns: by parameter, what the wrong entries have in common: "one entry", "column 3", "row 0", "border",
            "all entries", "scattered entries" and the like. Parameters that are right have none.
        complete: whether nothing is wrong beyond this, as far as a last random direction tells.
        evaluations: how often f was called.
    """

    entries: tuple[WrongEntry, ...]
    patterns: dict[str, str]
    complete: bool
    evaluations: int


def locate_errors(
    f: Function,
    gradient: Gradient,
    x: Structure,
    *,
    budget: int = 2000,
    seed: int = 0,
) -> Located:
    """Find the wrong entries of a gradient without measuring all of it.

    Args:
        f: the scalar function.
        gradient: what the code says: the structure of x, or a function that returns it.
        x: where.
        budget: evaluations of f after which to stop.
        seed: of the random directions.

    Raises:
        InputError: the gradient does not match x.

    Example:
        >>> import numpy as np
        >>> x = np.linspace(1.0, 2.0, 1000)
        >>> wrong = np.cos(x)
        >>> wrong[421] *= 1.0001
        >>> found = locate_errors(lambda v: np.sum(np.sin(v)), wrong, x)
        >>> found.entries[0].index, found.evaluations < 20
        ((421,), True)
    """
    parameters = Parameters.of(x)
    given = gradient(parameters.build(parameters.vector.copy())) if callable(gradient) else gradient
    analytic = parameters.flatten(given)
    if not np.isfinite(analytic).all():
        name, index = parameters.whereabouts(int(np.flatnonzero(~np.isfinite(analytic))[0]))
        raise InputError(f"the gradient of {name!r} is not finite at {index}", hint="look there first")
    residual = Residual(Objective(f, parameters), analytic)
    rng = np.random.default_rng(seed)
    return Search(residual, rng, budget).run()


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
        settled: whether checksums over all entries leave nothing unexplained.
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

    def run(self) -> Located:
        """Look in all parameters together for a single wrong entry, then in each for several."""
        parameters = self.residual.objective.parameters
        everything = np.arange(parameters.size)
        signs = self._signs(everything)
        # Two checksums and a confirmation that fit together prove the complex step as well; else differences do.
        if not (self.residual.try_complex(signs) and self._checksum(everything)):
            self._forget()
            if self.residual.by_complex:
                self.residual.prove_complex(signs)
            if not self._checksum(everything):
                self._search_each(parameters)
        self._name_patterns(parameters)
        return Located(
            self._entries(parameters), dict(self.patterns), self._is_complete(parameters), self._spent()
        )

    def _search_each(self, parameters: Parameters) -> None:
        for leaf in parameters.leaves:
            slots = np.arange(leaf.start, leaf.stop)
            if self._is_wrong(slots) and not self._checksum(slots):
                self._several(leaf)

    def _is_complete(self, parameters: Parameters) -> bool:
        if self.settled:
            return True
        return self._spent() <= self.budget and not self._is_wrong(self._untold(parameters))

    def _forget(self) -> None:
        self.found.clear()
        self.residual.analytic = self.original.copy()
        self.settled = False

    def _signs(self, slots: NDArray[np.intp]) -> Vector:
        signs = np.zeros(self.residual.analytic.size)
        signs[slots] = self.rng.choice([-1.0, 1.0], size=slots.size)
        return signs

    def _checksum(self, slots: NDArray[np.intp]) -> bool:
        """Decode a single wrong entry among `slots`; whether that settled them."""
        signs = self._signs(slots)
        ramp = np.zeros_like(signs)
        ramp[slots] = 1 + np.arange(slots.size) / slots.size
        (plain, weighted), (bar, weighted_bar) = self.residual.along(
            np.stack([signs, signs * ramp]), precise=True
        )
        if abs(plain) <= bar and abs(weighted) <= weighted_bar:
            self.settled = slots.size == signs.size
            return True
        if abs(plain) <= SIGNIFICANT * bar:
            return False
        weight = weighted / plain
        blur = (weighted_bar + abs(weight) * bar) / abs(plain)
        reach = int(np.ceil(blur * slots.size - 0.25))
        place = round((weight - 1) * slots.size)
        if not -reach <= place < slots.size + reach or reach > max(WINDOW, slots.size // 8):
            return False
        place = int(np.clip(place, 0, slots.size - 1))
        near = slots[max(0, place - reach) : place + reach + 1]
        slot = int(slots[place]) if reach == 0 else self._single(near)
        error = self._confirm(slot, precise=True)
        rest = abs(plain - signs[slot] * error), abs(weighted - signs[slot] * ramp[slot] * error)
        own = SIGNIFICANT * self.last_bar
        explained = rest[0] <= SIGNIFICANT * bar + own and rest[1] <= SIGNIFICANT * weighted_bar + 2 * own
        self.settled = explained and slots.size == signs.size
        return bool(error) and explained

    def _single(self, slots: NDArray[np.intp]) -> int:
        """Halve a range that holds one wrong entry."""
        while slots.size > 1:
            half = slots[: slots.size // 2]
            slots = half if self._is_wrong(half) else slots[slots.size // 2 :]
        return int(slots[0])

    def _confirm(self, slot: int, *, precise: bool = False) -> float:
        """Measure one entry; if it is wrong, note and correct it, and return its error."""
        direction = np.zeros((1, self.residual.analytic.size))
        direction[0, slot] = 1
        (error,), (bar,) = self.residual.along(direction, precise=precise)
        self.last_bar = float(bar)
        if abs(error) <= SIGNIFICANT * bar:
            return 0.0
        self.residual.analytic[slot] -= error
        self.found[slot] = (float(self.residual.analytic[slot]), float(bar))
        return float(error)

    def _is_wrong(self, slots: NDArray[np.intp]) -> bool:
        """Whether a random direction on `slots` shows an error."""
        if not slots.size:
            return False
        direction = random_directions(self.rng, 1, slots, self.residual.analytic.size)
        (error,), (bar,) = self.residual.along(direction)
        return bool(abs(error) > SIGNIFICANT * bar)

    def _several(self, leaf: Leaf) -> None:
        """Bisect a parameter; with many wrong entries, tell rows from columns instead."""
        slots = np.arange(leaf.start, leaf.stop)
        before = set(self.found)
        if self._bisect(slots, limit=len(before) + MANY):
            return
        for slot in set(self.found) - before:  # undo: a few entries of many say nothing
            self.residual.analytic[slot] = self.original[slot]
            del self.found[slot]
        self.patterns[leaf.name] = self._shape_of(leaf)
        self.shaped.add(leaf.name)

    def _bisect(self, slots: NDArray[np.intp], limit: int) -> bool:
        """Find every wrong entry among slots known to hold one; False if there are too many."""
        stack = [slots]
        while stack:
            if len(self.found) >= limit or self._spent() > self.budget:
                return False
            block = stack.pop()
            if block.size == 1:
                self._confirm(int(block[0]))
                continue
            left, right = block[: block.size // 2], block[block.size // 2 :]
            left_wrong = self._is_wrong(left)
            # The block is known to be wrong: where the left half is right, the right half must be wrong.
            if not left_wrong or self._is_wrong(right):
                stack.append(right)
            if left_wrong:
                stack.append(left)
        return True

    def _shape_of(self, leaf: Leaf) -> str:
        """What a parameter's many wrong entries have in common."""
        grid = np.arange(leaf.start, leaf.start + leaf.size).reshape(leaf.shape)
        if leaf.is_complex or grid.ndim < 2:
            return "many entries" if grid.ndim >= 1 and self._some_right(grid.reshape(-1)) else "all entries"
        flat = grid.reshape(-1, grid.shape[-1])
        edge = np.ones(grid.shape, dtype=bool)
        edge[tuple(slice(1, -1) for _ in grid.shape)] = False
        if edge.sum() < edge.size and not self._is_wrong(grid[~edge]):
            return "border"
        rows = self._wrong_units(list(flat))
        columns = self._wrong_units([flat[:, j] for j in range(flat.shape[1])])
        few_rows, few_columns = len(rows) <= flat.shape[0] // 2, len(columns) <= flat.shape[1] // 2
        if few_columns and not few_rows:
            return _listed("column", columns)
        if few_rows and not few_columns:
            return _listed("row", rows)
        if few_rows and few_columns:
            return f"{_listed('row', rows)}, {_listed('column', columns)}"
        return "many entries" if self._some_right(flat.reshape(-1)) else "all entries"

    def _some_right(self, slots: NDArray[np.intp]) -> bool:
        """Whether any of some single entries is right."""
        sample = self.rng.choice(slots, size=min(6, slots.size), replace=False)
        return any(not self._is_wrong(np.array([slot])) for slot in sample)

    def _wrong_units(self, units: list[NDArray[np.intp]]) -> list[int]:
        """Numbers of the rows, or columns, that hold an error, by bisection over them."""
        wrong: list[int] = []
        stack = [np.arange(len(units))]
        while stack and self._spent() <= self.budget:
            numbers = stack.pop()
            if not self._is_wrong(np.concatenate([units[i] for i in numbers])):
                continue
            if numbers.size == 1:
                wrong.append(int(numbers[0]))
            else:
                stack += [numbers[numbers.size // 2 :], numbers[: numbers.size // 2]]
        return sorted(wrong)

    def _name_patterns(self, parameters: Parameters) -> None:
        for leaf in parameters.leaves:
            places = [slot - leaf.start for slot in self.found if leaf.start <= slot < leaf.stop]
            if places and leaf.name not in self.patterns:
                self.patterns[leaf.name] = pattern(np.array(sorted(places)), leaf.shape)

    def _untold(self, parameters: Parameters) -> NDArray[np.intp]:
        """Slots of the parameters of which no pattern stands for entries that were not singled out."""
        told = [np.arange(leaf.start, leaf.stop) for leaf in parameters.leaves if leaf.name in self.shaped]
        return np.setdiff1d(np.arange(parameters.size), np.concatenate(told) if told else [])

    def _entries(self, parameters: Parameters) -> tuple[WrongEntry, ...]:
        entries = [
            WrongEntry(*parameters.whereabouts(slot), float(self.original[slot]), value, bar)
            for slot, (value, bar) in self.found.items()
        ]
        return tuple(sorted(entries, key=lambda entry: -abs(entry.analytic - entry.measured)))

    def _spent(self) -> int:
        return self.residual.objective.evaluations


def pattern(flat: NDArray[np.intp], shape: tuple[int, ...]) -> str:
    """What wrong entries, given by flat index, have in common.

    Example:
        >>> pattern(np.array([1, 4, 7]), (3, 3))
        'column 1'
        >>> pattern(np.array([0, 1, 2, 3, 5, 6, 7, 8]), (3, 3))
        'border'
    """
    size = int(np.prod(shape))
    if flat.size == size:
        return "all entries" if size > 1 else "the only entry"
    if flat.size == 1:
        return "one entry"
    return _shared_pattern(flat, shape) or f"{flat.size} scattered entries"


def _shared_pattern(flat: NDArray[np.intp], shape: tuple[int, ...]) -> str:
    """The columns, rows or border that the entries fill; empty where they fill none."""
    if len(shape) < 2:  # a vector has none
        return ""
    rows, columns = np.divmod(flat, shape[-1])
    if np.unique(columns).size * (int(np.prod(shape)) // shape[-1]) == flat.size:
        return _listed("column", np.unique(columns).tolist())
    if np.unique(rows).size * shape[-1] == flat.size:
        return _listed("row", np.unique(rows).tolist())
    edge = np.ones(shape, dtype=bool)
    edge[tuple(slice(1, -1) for _ in shape)] = False
    return "border" if np.array_equal(np.flatnonzero(edge), np.sort(flat)) else ""


def _listed(kind: str, numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"{kind} {numbers[0]}"
    shown = ", ".join(map(str, numbers[:5]))
    return f"{kind}s {shown}" + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")  # shown
