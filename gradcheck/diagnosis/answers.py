"""What the tasks in the workers answer, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.findings import Edit
from gradcheck.numerics import Comparison


@dataclass(frozen=True, slots=True)
class Measurement:
    """The gradient check of a subject.

    Attributes:
        comparisons: by parameter.
        loss: where the code starts.
        evaluations: how often the loss was called.
        entries: how many numbers there are in all.
        beside: sentence on a gradient that is wrong near the start only; empty where it was checked at the start.
    """

    comparisons: dict[str, Comparison]
    loss: float
    evaluations: int
    entries: int
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """One step of a repair, as plain data.

    Attributes:
        edit: the change, with lines as in the source it was made to.
        before: the source before it.
        after: the source after it.
        statement: text of the statement it touched first.
        removed: texts that went, one a splice.
        inserted: texts that came, one a splice.
        starts: offsets of the splices in the source before it.
        cost: how far-fetched it is.
        traits: what is known of the place, for naming the fault; see `gradcheck.repair.traits`.
    """

    edit: Edit
    before: str
    after: str
    statement: str
    removed: tuple[str, ...]
    inserted: tuple[str, ...]
    starts: tuple[int, ...]
    cost: float
    traits: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Related:
    """What wrong quantities are to the true ones, as plain data; see `gradcheck.repair.relations`.

    Attributes:
        delta: `level`, `relation`, `factor`, `of_batch`, `line` of the delta nearest the loss that is wrong; or empty.
        gradients: the same, without a line, of each wrong gradient of which it can be told.
    """

    delta: Mapping[str, Any] = field(default_factory=dict)
    gradients: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
