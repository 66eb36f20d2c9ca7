"""Lines of a notebook as people speak of them: the cell, and the line in it.

The cells of a notebook are one source to everything that reads it, each headed by a comment with its number.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

HEADER = re.compile(r"^# %% cell (\d+)$", re.MULTILINE)
_LINE = re.compile(r"\bline (\d+)\b")


@dataclass(frozen=True, slots=True)
class Cells:
    """Where cells stand in a source.

    Attributes:
        numbers: of the cells, in the order of the source.
        starts: the line of the source that each begins with, 1-based.
    """

    numbers: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()

    @classmethod
    def of(cls, source: str) -> Cells:
        r"""The cells of a source that is made of cells.

        Example:
            >>> Cells.of("# %% cell 2\na = 1\n\n# %% cell 4\nb = 2\n")
            Cells(numbers=(2, 4), starts=(2, 5))
        """
        found = list(HEADER.finditer(source))
        starts = (source.count("\n", 0, header.end()) + 2 for header in found)
        return cls(tuple(int(header[1]) for header in found), tuple(starts))

    def within(self, line: int) -> int:
        """The number of a line in its cell; its own where there are no cells.

        Example:
            >>> Cells((2, 4), (2, 5)).within(6), Cells().within(6)
            (2, 6)
        """
        place = bisect_right(self.starts, line) - 1
        return line - self.starts[place] + 1 if place >= 0 else line

    def cell(self, line: int) -> int | None:
        """The number of the cell that a line is in; None where there are no cells."""
        place = bisect_right(self.starts, line) - 1
        return self.numbers[place] if place >= 0 else None

    def said(self, line: int) -> str:
        """A line as people speak of it.

        Example:
            >>> Cells((2, 4), (2, 5)).said(6), Cells().said(6)
            ('cell 4, line 2', 'line 6')
        """
        cell = self.cell(line)
        return f"line {line}" if cell is None else f"cell {cell}, line {self.within(line)}"

    def retold(self, sentence: str) -> str:
        """A sentence that speaks of lines of the source, speaking of cells.

        Example:
            >>> Cells((2, 4), (2, 5)).retold("line 6 reads it")
            'cell 4, line 2 reads it'
        """
        return _LINE.sub(lambda found: self.said(int(found[1])), sentence) if self.starts else sentence


NO_CELLS = Cells()
