"""Where in a run a name is meant: a call and a line of it, or a function that is held at a loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradcheck.subject.discover.calls import Call


@dataclass(frozen=True, slots=True)
class Moment:
    """A call and what its local names stood for at some moment, up to some line."""

    call: Call
    names: Mapping[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class Held:
    """A function that is held at the start of a loop, its names reached through an object.

    Attributes:
        code: first line and name of its code.
        through: the name of that object.
        names: the names it had there.
        line: the loop's first line.
    """

    code: tuple[int, str]
    through: str
    names: frozenset[str]
    line: int
