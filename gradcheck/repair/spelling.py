"""Spelling a number: the small expressions over names in scope that equal it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from gradcheck.repair.terms import Term

CONSTANTS = {
    1.0: 0.0,
    2.0: 0.2,
    0.5: 0.2,
    3.0: 0.8,
    4.0: 0.7,
    0.25: 0.7,
    1.0 / 3.0: 0.8,
    1.5: 0.9,
    10.0: 1.2,
    0.1: 1.2,
}
MATCH = 1e-6
MOST_ALIKE = 3
MOST = 12
MOST_NAMES = 24
# The cheapest; products of more are farther-fetched than any fault.


@dataclass(frozen=True, slots=True)
class Spelling:
    """A factor: number * times... / over...

    Attributes:
        number: the constant in front; negative for a change of sign.
        times: texts it is multiplied by.
        over: texts it is divided by.
        cost: how far-fetched it is.
    """

    number: float
    times: tuple[str, ...]
    over: tuple[str, ...]
    cost: float

    def of(self, operand: str) -> str:
        """The factor times an operand, as one would type it.

        Example:
            >>> Spelling(-2.0, ("lam",), ("n",), 0.0).of("W")
            '-2 * lam * W / n'
        """
        sign = "-" if self.number < 0 else ""
        size = abs(self.number)
        over = self.over
        if 0.0 < size < 1.0 and (1.0 / size).is_integer():
            size, over = 1.0, (_number(1.0 / size), *over)
        front = [] if size == 1.0 else [_number(size)]
        product = " * ".join([*front, *self.times, operand])
        return f"{sign}{product}{''.join(f' / {name}' for name in over)}"

    def alone(self) -> str:
        """The factor by itself.

        Example:
            >>> Spelling(2.0, (), ("n",), 0.0).alone()
            '2 / n'
        """
        if self.times:
            return Spelling(self.number, self.times[:-1], self.over, self.cost).of(self.times[-1])
        return f"{_number(self.number)}{''.join(f' / {name}' for name in self.over)}"

    def signed(self, operand: str) -> str:
        """The same with its sign in front as an operator: '+ 2 * W' or '- W'."""
        positive = Spelling(abs(self.number), self.times, self.over, self.cost).of(operand)
        return f"{'-' if self.number < 0 else '+'} {positive}"


class Speller:
    """Spells numbers in what a scope holds: a plain constant, then one or two names with a small constant.

    Args:
        scalars: numbers in scope.
        favoured: identifiers that the loss uses; a factor of the gradient most likely comes from there.
    """

    def __init__(self, scalars: list[Term], favoured: frozenset[str]) -> None:
        usable = [(term, _price(term, favoured)) for term in scalars if _usable(term.value)]
        usable.sort(key=lambda pair: pair[1])
        self._powers = list(_powers(_few_alike(usable)[:MOST_NAMES]))
        self._values = np.array([value for value, _, _ in self._powers])

    def of(self, target: float) -> list[Spelling]:
        """Spellings of a number, the cheapest first."""
        found = [
            Spelling(float(np.sign(target)) * number, (), (), 0.3 + cost)
            for number, cost in CONSTANTS.items()
            if _equal(abs(target), number)
        ]
        ratios = abs(target) / np.abs(self._values)
        for number, cost in CONSTANTS.items():
            for at in np.flatnonzero(np.abs(ratios - number) <= MATCH * np.maximum(ratios, number)):
                value, price, powers = self._powers[at]
                sign = float(np.sign(target) * np.sign(value))
                times = tuple(term.text for term, power in powers if power > 0)
                over = tuple(term.text for term, power in powers if power < 0)
                found.append(Spelling(sign * number, times, over, 0.35 + cost + price))
        return sorted(found, key=lambda spelling: spelling.cost)[:MOST]


def _few_alike(terms: list[tuple[Term, float]]) -> list[tuple[Term, float]]:
    """Of sizes that are equal, the cheapest few: else the many sizes of a scope crowd out its hyper-parameters."""
    seen: Counter[float] = Counter()
    kept = []
    for term, price in terms:
        seen[float(term.value)] += 1
        if seen[float(term.value)] <= MOST_ALIKE:
            kept.append((term, price))
    return kept


def _powers(terms: list[tuple[Term, float]]) -> Iterator[tuple[float, float, tuple[tuple[Term, int], ...]]]:
    """Value, price and factors of each product of one or two names, upright or inverted."""
    for term, price in terms:
        for power in (1, -1):
            yield float(term.value) ** power, price, ((term, power),)
    for (one, price), (other, more) in combinations_with_replacement(terms, 2):
        for p, q in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            if one is not other or p == q:
                value = float(one.value) ** p * float(other.value) ** q
                yield value, price + more, ((one, p), (other, q))


def _price(term: Term, favoured: frozenset[str]) -> float:
    words = set(term.text.replace("(", " ").replace(")", " ").replace(".", " ").replace("[", " ").split())
    return 0.35 + term.cost - 0.15 * bool(words & favoured - {"self", "len", "shape"})


def _usable(value: object) -> bool:
    number = float(value)  # type: ignore[arg-type] # a term is numeric
    return np.isfinite(number) and number != 0.0 and abs(number) != 1.0


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= MATCH * max(abs(one), abs(other))


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.12g}"
