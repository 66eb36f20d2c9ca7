"""A candidate: a change of the source, as splices, with what it would cost to believe in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace the characters from `start` up to `end` by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One change that might repair the program.

    Attributes:
        splices: what is replaced; they do not overlap.
        operator: the kind of change, such as ``"flip-sign"``.
        cost: how far-fetched it is; among changes that verify, the cheapest is kept.
        function: qualified name of the outermost function it changes; empty where it changes several, or none.
        statements: numbers of the statements it touches.
    """

    splices: tuple[Splice, ...]
    operator: str
    cost: float
    function: str = ""
    statements: tuple[int, ...] = ()

    def apply(self, source: str) -> str:
        """The source with the change made.

        Example:
            >>> Candidate((Splice(4, 5, "-"),), "flip-sign", 1.0).apply("g = +d")
            'g = -d'
        """
        return apply_splices(source, self.splices)


def apply_splices(source: str, splices: Iterable[Splice]) -> str:
    """The source with all of `splices` made at once."""
    parts: list[str] = []
    at = 0
    for splice in sorted(splices, key=lambda s: (s.start, s.end)):
        parts += [source[at : splice.start], splice.text]
        at = splice.end
    return "".join([*parts, source[at:]])


def overlap(some: Iterable[Splice], others: Iterable[Splice]) -> bool:
    """Whether two sets of splices touch the same characters."""
    return any((a.start < b.end and b.start < a.end) or a == b for a in some for b in others)
