"""A name for what an edit repairs, and what it rests on."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Basis(enum.IntEnum):
    """What a name rests on, the surest last.

    - PLACE: nothing but where it was: some fault of that place.
    - EDIT: what had to be typed to mend it.
    - MEASURED: what the wrong quantity was to the right one, or what an experiment found.
    """

    PLACE = 0
    EDIT = 1
    MEASURED = 2


@dataclass(frozen=True, slots=True)
class Name:
    """The catalogue's name of a fault.

    Attributes:
        fault: such as ``"label-ignored"``.
        basis: what it rests on.
    """

    fault: str
    basis: Basis
