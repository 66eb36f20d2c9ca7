"""Code objects by their place in a source: a qualified name, and which of those that bear it."""

from __future__ import annotations

import types
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a function's code stands in a source; it holds for edited forms of the source too.

    Attributes:
        qualified: the function's qualified name: ``Net.__init__.<locals>.<lambda>``.
        nth: which of the functions of that name, in the order of the source.
    """

    qualified: str
    nth: int


class Codes:
    """The code objects of a compiled module.

    Args:
        module: its code.
    """

    def __init__(self, module: types.CodeType) -> None:
        self._named: dict[str, list[types.CodeType]] = {}
        self._add(module)

    def _add(self, code: types.CodeType) -> None:
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._named.setdefault(constant.co_qualname, []).append(constant)
                self._add(constant)

    def place_of(self, code: types.CodeType, offset: int) -> Place | None:
        """Where the source has a code object that was compiled from a part of it.

        Args:
            code: the code object.
            offset: how many lines of the source come before that part.
        """
        for nth, found in enumerate(self._named.get(code.co_qualname, [])):
            same_line = found.co_firstlineno == code.co_firstlineno + offset
            if same_line and _columns(found) == _columns(code) and found.co_names == code.co_names:
                return Place(code.co_qualname, nth)
        return None

    def at(self, place: Place) -> types.CodeType | None:
        """The code object at a place; None where the source has none any more."""
        found = self._named.get(place.qualified, [])
        return found[place.nth] if place.nth < len(found) else None


def _columns(code: types.CodeType) -> list[tuple[int | None, int | None]]:
    return [(start, end) for _, _, start, end in code.co_positions()]
