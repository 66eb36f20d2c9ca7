"""A page of lines no wider than the console: what every terminal renderer writes on."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from gradcheck.report.wording import printable

MAX_WIDTH = 100  # longer lines of prose are hard to read, however wide the terminal

_ONE_CELL = {ord("\t"): " ", ord("\n"): " "}  # where a tab's width matters, it is widened before

Part = str | tuple[str, str]


class Page:
    """Writes lines to a console: spelled for its encoding, never wider than it, never read as markup.

    Args:
        console: where to write; its colour, width and encoding are respected.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.width = min(console.width, MAX_WIDTH)

    def spell(self, text: str) -> str:
        """The text as the console's encoding can carry it; measure widths on the result, never before."""
        return printable(text, self._console.encoding).translate(_ONE_CELL)

    def line(self, *parts: Part) -> None:
        """Write one line of strings and (string, style) pairs; it has to fit."""
        text = Text(end="")
        for part in parts:
            words, style = (part, "") if isinstance(part, str) else part
            text.append(self.spell(words), style or None)
        self._console.print(text, no_wrap=True, overflow="ignore", crop=False)

    def paragraph(
        self, lead: Iterable[Part], words: str, style: str = "", *, hang: int | None = None
    ) -> None:
        """Write prose after a lead, wrapped; later lines start under the first word, or at column `hang`."""
        lead = list(lead)
        start = sum(cell_len(self.spell(part if isinstance(part, str) else part[0])) for part in lead)
        indent = start if hang is None else hang
        for number, row in enumerate(self._wrapped(words, start, indent)):
            self.line(*(lead if number == 0 else [" " * indent]), (row, style))

    def blank(self) -> None:
        """Write an empty line."""
        self._console.print()

    def fold(self, lead: Iterable[Part], code: str, style: str = "") -> None:
        """Write a line of code in full, cut where the page ends, the rest below it."""
        lead = list(lead)
        start = sum(cell_len(part if isinstance(part, str) else part[0]) for part in lead)
        rest = self.spell(code.expandtabs(4))
        first = True
        while first or rest:
            head = take_cells(rest, self.width - start)
            self.line(*(lead if first else [" " * start]), (head, style))
            rest, first = rest[len(head) :], False

    def _wrapped(self, words: str, start: int, indent: int) -> list[str]:
        """`words` in rows; the first has room from column `start`, the others from `indent`."""
        spelled = self.spell(words)
        # Filler in front of the first word lets one pass wrap a first row that is narrower than the others.
        filler = "." * max(0, start - indent)
        wrapped = Text(filler + spelled).wrap(self._console, max(self.width - indent, 20), overflow="fold")
        rows = [row.plain.rstrip() for row in wrapped]
        return [rows[0][len(filler) :], *rows[1:]] if rows else [""]


def take_cells(text: str, width: int) -> str:
    """The longest start of `text` that is at most `width` cells wide, and at least one character.

    Example:
        >>> take_cells("abc", 2), take_cells("網路", 3), take_cells("網", 1)
        ('ab', '網', '網')
    """
    length, cells = 0, 0
    for character in text:
        cells += cell_len(character)
        if cells > width and length:
            break
        length += 1
    return text[:length]


def fit_cells(text: str, width: int, *, ellipsis: str = "…") -> str:
    """`text` in exactly `width` cells: padded, or with its middle left out.

    Example:
        >>> fit_cells("W1", 4), fit_cells("encoder.layer[3].W", 9)
        ('W1  ', 'enco…3].W')
    """
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    room = width - cell_len(ellipsis)
    head = take_cells(text, room // 2)
    tail = take_cells(text[::-1], room - cell_len(head))[::-1]
    return set_cell_size(head + ellipsis + tail, width)
