"""Unified diffs read back and applied: the rows of each hunk with their line numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gradcheck.errors import InputError

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a hunk.

    Attributes:
        mark: ``" "`` for context, ``"-"`` for a line taken out, ``"+"`` for one put in.
        number: line number, in the old file for context and removed lines, in the new one for added lines.
        text: the line, without its end.
        ended: whether the line ends with a newline.
    """

    mark: str
    number: int
    text: str
    ended: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk: where it starts in the old file (1-based; 0 in an empty file) and its rows."""

    start: int
    length: int
    rows: tuple[Row, ...]


def hunks(diff: str) -> tuple[Hunk, ...]:
    r"""The hunks of a unified diff of one file.

    Raises:
        InputError: a row that no unified diff can hold.

    Example:
        >>> [hunk] = hunks("--- net.py\n+++ net.py\n@@ -27 +27 @@\n-    d -= 1\n+    d[y] -= 1\n")
        >>> [(row.mark, row.number, row.text) for row in hunk.rows]
        [('-', 27, '    d -= 1'), ('+', 27, '    d[y] -= 1')]
    """
    # Only newlines end a row: a form feed or a carriage return may stand inside a line of somebody's source.
    lines = diff.removesuffix("\n").split("\n") if diff else []
    found: list[Hunk] = []
    at = 0
    while at < len(lines):
        head = _HUNK.match(lines[at])
        at += 1
        if head is None:
            continue
        hunk, at = _hunk(lines, at, head)
        found.append(hunk)
    return tuple(found)


def changes(diff: str) -> tuple[Row, ...]:
    """The lines that a diff takes out and puts in, without those beside them."""
    return tuple(row for hunk in hunks(diff) for row in hunk.rows if row.mark != " ")


def patched(text: str, diff: str) -> str:
    r"""`text` with `diff` applied where it says and nowhere else; added lines end as those before them do.

    Raises:
        InputError: a line that the patch removes or stands beside is not there.

    Example:
        >>> patched("a\r\nb\r\n", "@@ -2 +2 @@\n-b\n+c\n")
        'a\r\nc\r\n'
    """
    # Only newlines end a line here, as they do in the patch: a form feed may stand inside one.
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    end = "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"
    done: list[str] = []
    at = 0
    for hunk in hunks(diff):
        start = hunk.start - 1 if hunk.length else hunk.start
        if start < at:
            raise InputError("the hunks of the patch overlap")
        done += lines[at:start]
        at = start + hunk.length
        done += _replaced(lines[start:at], hunk, end)
    return "".join(done + lines[at:])


def _hunk(lines: list[str], at: int, head: re.Match[str]) -> tuple[Hunk, int]:
    old, new = int(head[1]), int(head[3])
    length = old_left = int(head[2] or 1)
    new_left = int(head[4] or 1)
    rows: list[Row] = []
    while at < len(lines) and (old_left or new_left or lines[at].startswith("\\")):
        mark, text = lines[at][:1] or " ", lines[at][1:]
        at += 1
        if mark == "\\":  # "\ No newline at end of file" speaks of the row before it
            rows[-1] = Row(rows[-1].mark, rows[-1].number, rows[-1].text, ended=False)
            continue
        if mark not in " -+":
            raise InputError(f"not a row of a unified diff: {lines[at - 1]!r}")
        rows.append(Row(mark, new if mark == "+" else old, text))
        old, old_left = (old, old_left) if mark == "+" else (old + 1, old_left - 1)
        new, new_left = (new, new_left) if mark == "-" else (new + 1, new_left - 1)
    return Hunk(int(head[1]), length, tuple(rows)), at


def _replaced(old: list[str], hunk: Hunk, end: str) -> list[str]:
    """What stands in place of `old`, the lines that the hunk covers."""
    new: list[str] = []
    rest = iter(old)
    for row in hunk.rows:
        if row.mark == "+":
            if new and not new[-1].endswith("\n"):  # the file's last line, which had no end of its own
                new[-1] += end
            new.append(row.text.rstrip("\r") + (end if row.ended else ""))
            continue
        line = next(rest, None)
        if line is None or line.rstrip("\r\n") != row.text.rstrip("\r"):
            raise InputError(f"the patch does not fit: line {row.number} is not {row.text.strip()!r}")
        if line.endswith("\n"):
            end = "\r\n" if line.endswith("\r\n") else "\n"
        if row.mark == " ":
            new.append(line)
    return new
