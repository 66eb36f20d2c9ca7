"""What the wrong entries of a parameter have in common: a column, a row, the border, all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.numerics.parameters import Leaf

SAMPLED = 6  # single entries looked at before all are called wrong


@dataclass(frozen=True, slots=True)
class Probe:
    """Tells the shape of the wrong part of a parameter that holds too many wrong entries to single them out.

    Attributes:
        is_wrong: whether a random direction on some slots shows an error.
        may_go_on: whether there are evaluations left.
        rng: picks single entries.
    """

    is_wrong: Callable[[NDArray[np.intp]], bool]
    may_go_on: Callable[[], bool]
    rng: np.random.Generator

    def shape_of(self, leaf: Leaf) -> str:
        """What a parameter's many wrong entries have in common."""
        grid = np.arange(leaf.start, leaf.start + leaf.size).reshape(leaf.shape)
        if leaf.is_complex or grid.ndim < 2:
            return "many entries" if grid.ndim >= 1 and self._some_right(grid.reshape(-1)) else "all entries"
        flat = grid.reshape(-1, grid.shape[-1])
        edge = np.ones(grid.shape, dtype=bool)
        edge[tuple(slice(1, -1) for _ in grid.shape)] = False
        if edge.sum() < edge.size and not self.is_wrong(grid[~edge]):
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
        sample = self.rng.choice(slots, size=min(SAMPLED, slots.size), replace=False)
        return any(not self.is_wrong(np.array([slot])) for slot in sample)

    def _wrong_units(self, units: list[NDArray[np.intp]]) -> list[int]:
        """Numbers of the rows, or columns, that hold an error, by bisection over them."""
        wrong: list[int] = []
        stack = [np.arange(len(units))]
        while stack and self.may_go_on():
            numbers = stack.pop()
            if not self.is_wrong(np.concatenate([units[i] for i in numbers])):
                continue
            if numbers.size == 1:
                wrong.append(int(numbers[0]))
            else:
                stack += [numbers[numbers.size // 2 :], numbers[: numbers.size // 2]]
        return sorted(wrong)


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
    return f"{kind}s {shown}" + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")
