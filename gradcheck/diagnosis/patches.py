"""Patches: unified diffs of the user's file, for one repair alone and for all of them together."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from gradcheck.diffs import patched
from gradcheck.findings import Finding

CONTEXT = 3


def unified_diff(before: str, after: str, name: str) -> str:
    r"""A diff that `patch NAME` applies; empty where nothing changed.

    Example:
        >>> print(unified_diff("a\nb\n", "a\nc\n", "net.py"), end="")
        --- net.py
        +++ net.py
        @@ -1,2 +1,2 @@
         a
        -b
        +c
    """
    rows = difflib.unified_diff(_lines(before), _lines(after), name, name, n=CONTEXT)
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)


def alone(original: str, before: str, after: str) -> str:
    """The original with only the change from `before` to `after`, both of which may hold earlier repairs.

    Where an earlier repair changed the very same lines, its change is part of the result too.
    """
    base, start, end = (_lines(text) for text in (original, before, after))
    where = _line_numbers(base, start)
    changed = list(base)
    for tag, i, j, k, m in reversed(difflib.SequenceMatcher(None, start, end, autojunk=False).get_opcodes()):
        if tag != "equal":
            changed[where[i] : where[j]] = end[k:m]
    return "".join(changed)


def with_fixes(original: str, findings: Sequence[Finding]) -> str:
    """The original with the fixes of these findings alone."""
    text = original
    for finding in findings:
        if finding.fix is not None:
            own = patched(original, finding.fix.diff)
            text = alone(text, original, own)
    return text


def changed_lines(before: str, after: str) -> tuple[int, ...]:
    """Line numbers of `before`, 1-based, that a change replaces, or stands before."""
    lines: list[int] = []
    matcher = difflib.SequenceMatcher(None, _lines(before), _lines(after), autojunk=False)
    for tag, i, j, _, _ in matcher.get_opcodes():
        if tag == "insert":
            lines.append(max(i, 1))
        elif tag != "equal":
            lines += range(i + 1, j + 1)
    return tuple(lines)


def original_line(original: str, source: str, line: int) -> int:
    """The line of the original that a line of a later source stands at, 1-based."""
    base, now = _lines(original), _lines(source)
    where = _line_numbers(base, now)
    return min(where[line - 1] + 1, max(len(base), 1))


def _line_numbers(base: list[str], now: list[str]) -> list[int]:
    """For every line of `now`, and for its end, the line of `base` that it comes from or replaces."""
    where = [0] * (len(now) + 1)
    for _, i, j, k, m in difflib.SequenceMatcher(None, base, now, autojunk=False).get_opcodes():
        for step in range(m - k):
            where[k + step] = min(i + step, j)
    where[len(now)] = len(base)
    return where


def _lines(text: str) -> list[str]:
    """Lines as `patch` counts them: at line feeds only."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
