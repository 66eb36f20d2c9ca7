"""The objects that a scope reaches by name, and those that calls returned."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping
from typing import Any

from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.leaves import nodes
from gradcheck.subject.discover.sayable import can_be_named, items_of, split


class Reached:
    """Objects by identity, each with the shortest way to it.

    Args:
        spaces: namespaces, those whose names come first ahead.
        renamed: names that go by another name, or by another expression.
        fresh: ids of the numbers that were there from the start; None where nothing has run yet.
    """

    def __init__(
        self, spaces: Iterable[Mapping[str, Any]], renamed: Mapping[str, str], fresh: set[int] | None
    ) -> None:
        self._said: dict[int, str] = {}
        self._held: list[Any] = []  # so that no id is given out twice
        self._returned: dict[int, tuple[Call, str]] = {}
        taken: set[str] = set()
        for space in spaces:
            for node in nodes({k: v for k, v in space.items() if k not in {"m", "np"}}):
                if node.expression not in taken and can_be_named(node, space, fresh):
                    root, rest = split(node.expression)
                    self._said.setdefault(id(node.value), renamed.get(root, root) + rest)
                    self._held.append(node.value)
            taken |= set(space)

    def learn(self, calls: Iterable[Call]) -> None:
        """Take note of what calls returned, and did not only hand on from their arguments."""
        for call in calls:
            if call.returned and call.site is not None and not call.is_generator:
                handed = {id(value) for value in call.given.values()}
                for suffix, value in items_of(call.value):
                    if not isinstance(value, numbers.Number | str | None) and id(value) not in handed:
                        self._returned.setdefault(id(value), (call, suffix))

    def said(self, value: Any) -> str | None:
        """An expression of an object that the scope reaches; None where it does not."""
        return self._said.get(id(value))

    def made(self, value: Any) -> tuple[Call, str] | None:
        """The call that returned an object, and where in what it returned; None for no call."""
        return self._returned.get(id(value))
