"""A recipe: which edits might mend what an audit found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.repair.candidate import Splice

Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to try for one kind of find.

    Attributes:
        audit: the experiment that finds, and that judges.
        key: the fact that lists what it found.
        edits: the edits for one thing found.
        rights: whether a gradient that was wrong has to become right as well.
        trains: whether training has to go on going down, at least half as far as without the edit.
    """

    audit: Callable[[Lab], Observation]
    key: str
    edits: Callable[[Lab, Fact], Iterable[list[Splice]]]
    rights: bool = False
    trains: bool = False
