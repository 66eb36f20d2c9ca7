"""Standard input: nobody is there to type."""

from __future__ import annotations

import io
import sys
from typing import Any, NoReturn

from gradcheck.subject.worker.guards import Note


class Keyboard(io.TextIOBase):
    """A standard input that ends at once, with a reason.

    Args:
        note: told that it was read.
    """

    def __init__(self, note: Note) -> None:
        self._note = note

    @property
    def buffer(self) -> Keyboard:  # bytes or text, there is nothing to read
        """What `sys.stdin.buffer` is for."""
        return self

    def readable(self) -> bool:
        """True, as of every standard input."""
        return True

    def read(self, *_: Any) -> NoReturn:
        """Raise `EOFError`; so do `readline`, iteration and `input()`."""
        self._note("it read from the keyboard, where nobody types")
        raise EOFError("the code reads from the keyboard, and under gradcheck nobody is there to type")

    readline = readlines = __next__ = read


def replace_keyboard(note: Note) -> None:
    """Put a `Keyboard` in the place of standard input."""
    sys.stdin = sys.__stdin__ = Keyboard(note)  # type: ignore[assignment,misc]  # a stand-in
