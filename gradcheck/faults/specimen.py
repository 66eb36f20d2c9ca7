"""A fault as a program: a correct network, and the changes that break it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from gradcheck.errors import InputError
from gradcheck.faults.bases import Base
from gradcheck.subject.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Change:
    """One piece of source replaced by another.

    Both pieces are whole enough to occur once in their program, so that a change can be undone.

    Attributes:
        old: text that stands there before.
        new: text that stands there afterwards.

    Example:
        >>> flip = Change("w -= lr * g", "w += lr * g")
        >>> flip.applied("for g in gs: w -= lr * g")
        'for g in gs: w += lr * g'
        >>> flip.inverse.applied("for g in gs: w += lr * g")
        'for g in gs: w -= lr * g'
    """

    old: str
    new: str

    @property
    def inverse(self) -> Change:
        """The change that undoes this one."""
        return Change(self.new, self.old)

    def applied(self, source: str) -> str:
        """`source` with the replacement made.

        Raises:
            InputError: the old text is absent, or occurs more than once.
        """
        count = source.count(self.old) if self.old else 0
        if count != 1:
            msg = f"expected the text of a change once in the source, found it {count} times: {self.old!r}"
            raise InputError(msg, hint="lengthen the text until it names one place")
        return source.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Symptom:
    """What a program does, as an expression.

    Attributes:
        holds: expression that is true of the broken program and false of the repaired one.
        run: statements before it; the wiring's setup has run before them, in the same scope.
    """

    holds: str
    run: str = ""


@dataclass(frozen=True, slots=True)
class Specimen:
    """A bad and a good program that differ by the fault alone.

    Attributes:
        base: the correct network both are made from.
        inject: changes that put the fault in; undone in reverse order, they are its repair.
        spoils: parameters whose gradient disagrees with the loss in the bad program; empty where a gradient
            check passes.
        symptom: what the bad program does and the good one does not. A specimen has this, `spoils`, or both.
        prepare: changes that make the good program from the base, where the base lacks what the fault needs.
        wired: how to drive both programs, where it differs from the base's own wiring.

    Example:
        >>> from gradcheck.faults import find
        >>> print(find("GC101").specimen.diff())
        -        delta2 -= 1
        +        delta2[np.arange(n), y] -= 1
    """

    base: Base
    inject: tuple[Change, ...]
    spoils: tuple[str, ...] = ()
    symptom: Symptom | None = None
    prepare: tuple[Change, ...] = ()
    wired: Wiring | None = None

    @property
    def wiring(self) -> Wiring:
        """How to drive either program."""
        return self.base.wiring if self.wired is None else self.wired

    @property
    def repair(self) -> tuple[Change, ...]:
        """The changes that turn the bad program back into the good one."""
        return tuple(change.inverse for change in reversed(self.inject))

    def good_source(self) -> str:
        """The correct program."""
        return _applied(self.prepare, self.base.source())

    def bad_source(self) -> str:
        """The same program with the fault in it."""
        return _applied(self.inject, self.good_source())

    def bad_lines(self) -> tuple[int, ...]:
        """Lines of the bad program at fault, 1-based; where lines are missing, the line after the gap."""
        bad, good = self.bad_source().splitlines(), self.good_source().splitlines()
        lines: set[int] = set()
        for tag, start, stop, *_ in difflib.SequenceMatcher(a=bad, b=good, autojunk=False).get_opcodes():
            if tag != "equal":
                lines.update(range(start + 1, max(stop, start + 1) + 1))
        return tuple(sorted(lines))

    def diff(self, context: int = 0) -> str:
        """The repair as the lines of a unified diff, without its headers.

        Args:
            context: unchanged lines to show around each change.
        """
        bad, good = self.bad_source().splitlines(), self.good_source().splitlines()
        _, _, *body = difflib.unified_diff(bad, good, n=context, lineterm="")
        hunks = "\n".join("" if line.startswith("@@") else line for line in body)
        return hunks.lstrip("\n").replace("\n\n", "\n...\n")


def _applied(changes: tuple[Change, ...], source: str) -> str:
    for change in changes:
        source = change.applied(source)
    return source
