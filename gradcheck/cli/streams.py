"""Standard output and standard error: reports on the one, everything else on the other."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import TextIO

from rich.console import Console

PIPED_WIDTH = 80


class Streams:
    """The two streams of one run of the program.

    Args:
        color: False takes colour off even where the terminal has it; `NO_COLOR` does the same.
    """

    def __init__(self, *, color: bool = True) -> None:
        self._color = color
        self._closed = False
        for stream in (sys.stdout, sys.stderr):
            _never_fail_to_encode(stream)

    def report(self, write: Callable[[Console], None]) -> None:
        """Let `write` write on standard output; a reader that has closed the pipe has seen enough."""
        page = _Stand(sys.stdout)
        write(self._console(page))
        self._put(page.getvalue())

    def text(self, text: str) -> None:
        """Write `text` on standard output as it is."""
        self._put(text)

    def say(self, words: str, style: str = "") -> None:
        """Write a line on standard error."""
        self.errors.print(words, style=style or None, soft_wrap=True)

    @property
    def errors(self) -> Console:
        """A console on standard error."""
        return self._console(sys.stderr)

    def _console(self, stream: TextIO) -> Console:
        console = Console(
            file=stream,
            force_jupyter=False,
            highlight=False,
            markup=False,
            emoji=False,
            no_color=None if self._color else True,
        )
        if not console.is_terminal and "COLUMNS" not in os.environ:
            console.width = PIPED_WIDTH
        return console

    def _put(self, text: str) -> None:
        if self._closed:
            return
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            self._closed = True
            # The interpreter flushes standard output once more as it ends, and would complain then.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Stand(io.StringIO):
    """Stands for a stream while a report is written, which so leaves in one piece or not at all."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(newline="")
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a field there
        return self._stream.encoding

    def isatty(self) -> bool:
        return self._stream.isatty()


def _never_fail_to_encode(stream: TextIO) -> None:
    """Renderers spell what an encoding lacks; this catches what reaches the stream without them."""
    reconfigure = getattr(stream, "reconfigure", None)  # a test's or a notebook's stand-in has none
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
