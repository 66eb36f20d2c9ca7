"""What a watch notes down: calls, runs of loops, and the numbers that their passes change."""

from __future__ import annotations

import ast
import inspect
import types
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.discover.leaves import root_name
from gradcheck.subject.statements import Loop, assigned

Key = tuple[object, ...]


@dataclass(eq=False)
class Call:
    """One call of a function of the user's, or the module itself.

    Attributes:
        number: its place in the order of calls.
        code: what ran.
        caller: the call it was made from; None for the module.
        site: the expression in the caller that made it, where it is known.
        given: its parameters at entry.
        around: the caller's local names at that moment.
        names: its local names at the end.
        value: what it returned.
        returned: whether it came to its end.
        ended: how many calls had been made when it did.
        mark: what `Watch` was asked to note at its start.
    """

    number: int
    code: types.CodeType
    caller: Call | None
    site: ast.expr | None
    given: dict[str, Any]
    around: dict[str, Any]
    names: dict[str, Any] = field(default_factory=dict)
    value: Any = None
    returned: bool = False
    ended: int = 0
    mark: object = None

    @property
    def chain(self) -> list[Call]:
        """From the module down to this call."""
        chain: list[Call] = [self]
        while chain[-1].caller is not None:
            chain.append(chain[-1].caller)
        return chain[::-1]

    @property
    def is_generator(self) -> bool:
        """Whether it yields."""
        return bool(self.code.co_flags & inspect.CO_GENERATOR)


@dataclass(eq=False)
class LoopRun:
    """One time that a loop was run.

    Attributes:
        loop: the statement.
        call: the call it ran in.
        outer: the loops around it in the same call.
        names: the names in its frame before the first pass.
        carried: names that a pass reads before it binds them.
        states: the numbers in reach at the start of each of the first passes, and after the last of them.
    """

    loop: Loop
    call: Call
    outer: tuple[Loop, ...]
    names: dict[str, Any]
    carried: set[str]
    states: list[State] = field(default_factory=list)

    @property
    def depth(self) -> tuple[int, int]:
        """How deep it is nested: in calls, then in loops."""
        return (len(self.call.chain), len(self.outer))

    def changed(self) -> dict[Key, Change]:
        """The numbers that passes changed, of those that one pass hands to the next."""
        found: dict[Key, Change] = {}
        own = assigned(self.loop)
        for before, after in zip(self.states, self.states[1:], strict=False):
            there = {id(held[0]) for held in before.objects.values()}
            for key in before.numbers.keys() & after.numbers.keys():
                same = after.objects[key][0] is before.objects[key][0]
                if not self._hands_on(key, own) or (not same and id(after.objects[key][0]) in there):
                    continue  # the second: an object that only went to another place, as in a shuffle
                mask = self._mask(key, before, after, same=same)
                if mask is not None:
                    expression = before.numbers[key][0]
                    change = found.setdefault(key, Change(expression, before.objects[key], [], same))
                    change.masks.append(mask)
        order = {key: place for place, key in enumerate(self.states[0].numbers)} if self.states else {}
        return dict(sorted(found.items(), key=lambda item: order[item[0]]))

    def _hands_on(self, key: Key, own: set[str]) -> bool:
        """Whether a pass gets a number from the pass before it."""
        root = root_name(str(key[2]))
        return root in self.carried or root == "self" or (key[0] == "global" and root not in own)

    def _mask(self, key: Key, before: State, after: State, *, same: bool) -> NDArray[np.bool_] | None:
        """Which entries a pass changed; None for none, for other sizes and for what was only put in another order."""
        started = self.states[0].numbers.get(key)
        value, now = before.numbers[key][1], after.numbers[key][1]
        if started is None or now.shape != value.shape or np.isnan(started[1]).any():
            return None
        mask: NDArray[np.bool_] = (now != value) & ~(np.isnan(now) & np.isnan(value) & same)
        return mask if mask.any() and not np.array_equal(np.sort(now), np.sort(value)) else None


@dataclass(eq=False)
class State:
    """Digests of all numbers in reach, by where they are held."""

    numbers: dict[Key, tuple[str, NDArray[Any]]]
    objects: dict[Key, Any]


@dataclass(eq=False)
class Change:
    """Numbers that a loop changes.

    Attributes:
        expression: what they are called in the loop's frame.
        value: the object, what holds it, and where.
        masks: which entries each pass changed.
        in_place: whether the object stayed the same.
        still: whether they are assigned to and yet did not change.
    """

    expression: str
    value: Any
    masks: list[NDArray[np.bool_]]
    in_place: bool
    still: bool = False

    @property
    def repeated(self) -> bool:
        """Whether two passes changed the same entry: they are updates, not steps over the entries."""
        return any((one & other).any() for i, one in enumerate(self.masks) for other in self.masks[i + 1 :])
