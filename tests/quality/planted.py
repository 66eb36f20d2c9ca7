"""A fault put into a program: one splice of its text. Whether it is a fault at all is measured, not assumed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault, as a splice of the source.

    Attributes:
        kind: the catalogue's code, or, for a mutant that has none, what was done.
        start: first character replaced.
        end: the one after the last.
        text: what stands there instead.
        line: where, 1-based.
    """

    kind: str
    start: int
    end: int
    text: str
    line: int

    @property
    def code(self) -> str:
        """The catalogue's code; empty for a mutant."""
        return self.kind if self.kind.startswith("GC") else ""


def broken(source: str, faults: Iterable[Planted]) -> str:
    """The source with all faults in it, put in from the last place to the first."""
    for fault in sorted(faults, key=lambda fault: -fault.start):
        source = source[: fault.start] + fault.text + source[fault.end :]
    return source


def broken_lines(source: str, faults: Iterable[Planted]) -> frozenset[int]:
    """The lines that the faults stand on in the broken source, where one may have added lines before another."""
    found: set[int] = set()
    added = 0
    for fault in sorted(faults, key=lambda fault: fault.start):
        more = fault.text.count("\n")
        first = fault.line + added
        found |= set(range(first, first + more + 1))
        added += more - source.count("\n", fault.start, fault.end)
    return frozenset(found)
