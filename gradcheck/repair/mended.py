"""What became of a repair that an audit judged, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mended:
    """A repair of something an audit found.

    Attributes:
        audit: the experiment's name.
        line: the first line it changes, in the source it was made to.
        fact: what had been found.
        before: that source.
        after: the source after it.
        found: how many things the audit found before.
        remaining: how many it finds afterwards.
        of_loss: whether such a find can mean that the loss is at fault, which gradients are measured against.
    """

    audit: str
    line: int
    fact: Fact
    before: str
    after: str
    found: int
    remaining: int
    of_loss: bool = False
