"""The pool: the expressions of one or two steps that a statement's scope allows, with their values.

Backpropagation is made of few: products of matrices, products with act'(z), sums over samples, differences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.repair.context import Context
from gradcheck.repair.relations.arrays import broadcasts_to
from gradcheck.repair.slopes import derivatives
from gradcheck.repair.terms import Term
from gradcheck.trace import Site

Array = NDArray[np.float64]
MOST_ATOMS, MOST_NAMES, MOST_PRODUCTS = 28, 24, 60
# Of names in scope, of names and slopes of one shape, and of products, sums or differences of that shape.
MOST_IDLE = 4
MOST_TERMS = 10
# Of one sum.
STEP = 0.15
# Added to the cost with each operation.


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """An expression with its value.

    Attributes:
        text: as it would be typed.
        value: what it comes to.
        cost: how far-fetched it is.
        binds: how tightly: 2 for a name or a call, 1 for a product, 0 for a sum.
    """

    text: str
    value: Array
    cost: float
    binds: int = 2

    def factor(self) -> str:
        """The text as an operand of a product."""
        return self.text if self.binds else f"({self.text})"

    def operand(self) -> str:
        """The text as an operand of anything."""
        return self.text if self.binds == 2 else f"({self.text})"


class Pool:
    """The expressions of a statement's scope, by shape.

    Args:
        context: the ground.
        statement: the statement.
    """

    def __init__(self, context: Context, statement: Site) -> None:
        self._context = context
        self._statement = statement
        self._dot = "@" if "@" in context.source.source else "dot"
        fitting = [term for term in context.terms(statement.number) if _is_usable(term)]
        atoms = (Entry(term.text, np.asarray(term.value, dtype=float), term.cost) for term in fitting)
        self._atoms = _cheapest(atoms, MOST_ATOMS)
        self._known: dict[tuple[int, ...], list[Entry]] = {}
        self._tables: dict[tuple[tuple[int, ...], bytes], tuple[Array, Array]] = {}

    def of(self, shape: tuple[int, ...]) -> list[Entry]:
        """All expressions of a shape."""
        if shape not in self._known:
            self._known[shape] = list(self._all(shape))
        return self._known[shape]

    def table(self, shape: tuple[int, ...], known: NDArray[np.bool_]) -> tuple[Array, Array]:
        """The values of all expressions of a shape at some entries, a row each, and the squared length of each row."""
        key = shape, known.tobytes()
        if key not in self._tables:
            values = [entry.value[known] for entry in self.of(shape)]
            rows = np.nan_to_num(
                np.array(values).reshape(len(values), int(known.sum())), posinf=0.0, neginf=0.0
            )
            powers = np.einsum("ij,ij->i", rows, rows)
            self._tables[key] = rows, np.where(powers == 0.0, np.inf, powers)
        return self._tables[key]

    def terms(self, shape: tuple[int, ...]) -> list[Entry]:
        """The nearest few arrays in scope that broadcast to a shape, each value once."""
        found: dict[bytes, Entry] = {}
        for entry in self._atoms:
            if entry.value.ndim and broadcasts_to(entry.value.shape, shape):
                found.setdefault(entry.value.tobytes(), entry)
        return list(found.values())[:MOST_TERMS]

    def _all(self, shape: tuple[int, ...]) -> Iterator[Entry]:
        names = _cheapest([*self._shaped(self._atoms, shape), *self._one_hot(shape)], MOST_NAMES)
        slopes = _cheapest(self._slopes(shape), MOST_NAMES)
        products = _cheapest(self._products(shape), MOST_PRODUCTS)
        sums = _cheapest([*self._sums(self._atoms, shape), *self._summed_products(shape)], MOST_PRODUCTS)
        pairs = ((one, other) for one, other in product(names, names) if one is not other)
        differences = _cheapest((_joined("-", one, other) for one, other in pairs), MOST_PRODUCTS)
        yield from [*names, *slopes, *products, *sums, *differences]
        yield from _cheapest(self._scaled(shape), MOST_PRODUCTS)
        yield from _cheapest(self._idle_calls(shape), MOST_NAMES)
        for one, other in combinations(names, 2):
            yield _joined("*", one, other)
        for one, other in product([*names, *products, *sums, *differences], slopes):
            yield _joined("*", one, other)
        for one, other in product(products, names):
            yield _joined("*", one, other)
            yield _joined("+", one, other)
        for one, other in combinations(products, 2):
            yield _joined("+", one, other)

    def _shaped(self, entries: Iterable[Entry], shape: tuple[int, ...]) -> Iterator[Entry]:
        for entry in entries:
            if entry.value.shape == shape:
                yield entry
            if entry.value.ndim == 2 and entry.value.T.shape == shape:
                yield _transposed(entry)

    def _one_hot(self, shape: tuple[int, ...]) -> Iterator[Entry]:
        """One-hot rows of whole numbers in scope: labels, or where a maximum was."""
        for entry in self._atoms:
            labels = entry.value
            if labels.ndim and labels.shape == shape[:-1] and _are_labels(labels, shape[-1]):
                text = f"np.eye({shape[-1]})[{entry.text}]"
                yield Entry(text, np.eye(shape[-1])[labels.astype(int)], entry.cost + 4 * STEP)

    def _slopes(self, shape: tuple[int, ...]) -> Iterator[Entry]:
        scope, module = self._names
        for text, cost in derivatives(self._context, self._statement.number, shape):
            value = _evaluated(text, module, scope)
            if value is not None and value.shape == shape:
                yield Entry(text, value, cost)

    @cached_property
    def _names(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The names that an expression may use at the statement, local and global, arrays not yet overwritten."""
        recorder, number = self._context.tracer.recorder, self._statement.number
        held = {n: v for n, v in recorder.states.get(number, {}).items() if isinstance(v, np.ndarray)}
        return recorder.scopes.get(number, {}) | held, self._context.tracer.program.module.__dict__

    def _products(self, shape: tuple[int, ...]) -> Iterator[Entry]:
        """Matrix products and outer products."""
        sides = [*self._atoms, *(_transposed(e) for e in self._atoms if e.value.ndim == 2)]
        sides = [side for side in sides if side.value.ndim in {1, 2}]
        for one, other in product(sides, sides):
            a, b = one.value, other.value
            if a.ndim == b.ndim == 1:
                if (a.size, b.size) == shape and one is not other:
                    cost = one.cost + other.cost + STEP
                    yield Entry(f"np.outer({one.text}, {other.text})", np.outer(a, b), cost)
            elif a.shape[-1] == b.shape[0] and a.shape[:-1] + b.shape[1:] == shape:
                yield self._dotted(one, other)

    def _dotted(self, one: Entry, other: Entry) -> Entry:
        cost = one.cost + other.cost + STEP
        value = one.value @ other.value
        if self._dot == "@":
            return Entry(f"{one.factor()} @ {other.operand()}", value, cost, binds=1)
        return Entry(f"np.dot({one.text}, {other.text})", value, cost)

    def _sums(self, entries: Iterable[Entry], shape: tuple[int, ...]) -> Iterator[Entry]:
        """Sums over one axis, and over everything."""
        for entry in entries:
            value = entry.value
            for axis in range(value.ndim if value.ndim == 2 else 0):
                for keep, kept in ((False, ""), (True, ", keepdims=True")):
                    summed = value.sum(axis=axis, keepdims=keep)
                    if summed.shape == shape:
                        text = f"{entry.operand()}.sum(axis={axis}{kept})"
                        yield Entry(text, summed, entry.cost + STEP)

    def _summed_products(self, shape: tuple[int, ...]) -> Iterator[Entry]:
        """Sums over samples of a product, as the gradient of an elementwise scale is one."""
        matrices = [entry for entry in self._atoms if entry.value.ndim == 2]
        pairs = [(a, b) for a, b in combinations(matrices, 2) if a.value.shape == b.value.shape]
        yield from self._sums((_joined("*", one, other) for one, other in pairs), shape)

    def _scaled(self, shape: tuple[int, ...]) -> Iterator[Entry]:
        """An array times a column or a row."""
        arrays = [entry for entry in self._atoms if entry.value.shape == shape]
        for one, other in product(self._atoms, arrays):
            if one.value.ndim and one.value.shape != shape and broadcasts_to(one.value.shape, shape):
                yield _joined("*", other, one)

    def _idle_calls(self, shape: tuple[int, ...]) -> Iterator[Entry]:
        """Calls of the author's own functions that neither loss nor gradient runs: written to be called somewhere."""
        scope, module = self._names
        for name, count in self._context.idle_functions[:MOST_IDLE]:
            for arguments in permutations(self._atoms, count):
                text = f"{name}({', '.join(entry.text for entry in arguments)})"
                value = _evaluated(text, module, scope)
                if value is not None and value.shape == shape:
                    yield Entry(text, value, sum(entry.cost for entry in arguments) + STEP)


def _cheapest(entries: Iterable[Entry], most: int) -> list[Entry]:
    """The cheapest few, each value once."""
    found: dict[bytes, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.cost):
        found.setdefault(entry.value.tobytes() + str(entry.value.shape).encode(), entry)
    return list(found.values())[:most]


def _joined(symbol: str, one: Entry, other: Entry) -> Entry:
    cost = one.cost + other.cost + STEP
    if symbol == "*":
        left = f"({one.text})" if "@" in one.text and one.binds == 1 else one.factor()
        return Entry(f"{left} * {other.operand()}", one.value * other.value, cost, binds=1)
    if symbol == "-":
        return Entry(f"{one.text} - {other.operand()}", one.value - other.value, cost, binds=0)
    return Entry(f"{one.text} + {other.text}", one.value + other.value, cost, binds=0)


def _transposed(entry: Entry) -> Entry:
    return Entry(f"{entry.operand()}.T", entry.value.T, entry.cost + 0.5 * STEP)


def _is_usable(term: Term) -> bool:
    return bool(term.shape) and np.size(term.value) > 0 and np.asarray(term.value).dtype.kind in "fiub"


def _are_labels(values: Array, classes: int) -> bool:
    return bool(np.all((values >= 0) & (values < classes) & (values == np.floor(values))))


def _evaluated(text: str, module: dict[str, Any], scope: dict[str, Any]) -> Array | None:
    """An expression of the author's own functions in a statement's scope; None where they refuse it."""
    try:
        value = eval(text, module | {"np": np}, scope)  # noqa: S307 -- names and calls taken from the file itself
        return np.asarray(value, dtype=float)
    except Exception:  # noqa: BLE001 -- a stranger's function, called with what it may not be meant for
        return None
