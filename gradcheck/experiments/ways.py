"""Ways through a running program: from what a function is given or returns to an array inside it, and back again."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

DEEP = 4
# Containers and objects within each other that are looked through.
WIDE = 300
# Things in a container that are looked at: what holds more is data.


@dataclass(frozen=True, slots=True)
class Way:
    """How to get to a thing.

    Attributes:
        root: what to start from, by name.
        keys: what to take from there, one after another: ("item", key) or ("attribute", name).
    """

    root: str
    keys: tuple[tuple[str, Any], ...] = ()

    def follow(self, roots: Mapping[str, Any]) -> Any:
        """What it leads to; None where it leads nowhere.

        Example:
            >>> Way("g", (("item", "W"),)).follow({"g": {"W": 3}})
            3
        """
        thing: Any = roots.get(self.root)
        for kind, key in self.keys:
            try:
                thing = thing[key] if kind == "item" else getattr(thing, key)
            except (TypeError, KeyError, IndexError, AttributeError):
                return None
        return thing


def things(roots: Mapping[str, Any]) -> Iterator[tuple[Way, Any]]:
    """Everything in some things, with the way there: through dicts, lists, tuples and the attributes of objects."""
    stack = [(Way(name), thing, DEEP) for name, thing in reversed(list(roots.items()))]
    seen: set[int] = set()
    while stack:
        way, thing, depth = stack.pop()
        yield way, thing
        inner = _inner(thing) if depth and id(thing) not in seen else []
        seen.add(id(thing))
        stack += [(Way(way.root, (*way.keys, key)), part, depth - 1) for key, part in reversed(inner)]


def _inner(thing: Any) -> list[tuple[tuple[str, Any], Any]]:
    if isinstance(thing, dict):
        return [(("item", key), part) for key, part in islice(thing.items(), WIDE)]
    if isinstance(thing, list | tuple):
        return [(("item", place), part) for place, part in enumerate(thing[:WIDE])]
    outside = isinstance(thing, type | types.ModuleType | types.FunctionType | types.MethodType)
    held = None if outside else getattr(thing, "__dict__", None)
    return [(("attribute", name), part) for name, part in held.items()] if isinstance(held, dict) else []
