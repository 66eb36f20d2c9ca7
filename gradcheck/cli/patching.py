"""A verified patch written into the user's file: whole, and only if the file is the one diagnosed."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

from gradcheck.cli.files import write_atomically
from gradcheck.errors import InputError, UsageError
from gradcheck.report.diffs import Hunk, hunks


def apply_to_file(path: Path, source: str, diff: str) -> None:
    """Apply `diff` to the file, keeping its encoding, byte-order mark, line ends and mode.

    Args:
        path: the file.
        source: its text when it was diagnosed.
        diff: the patch, a unified diff.

    Raises:
        UsageError: the file has changed since, or may not be written.
        InputError: the patch does not fit the file.
    """
    changed = UsageError(
        f"{path} has changed since it was diagnosed, nothing written", hint="run the command again"
    )
    content = path.read_bytes()
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise changed from error
    if text.replace("\r\n", "\n") != source.replace("\r\n", "\n"):
        raise changed
    write_atomically(path, patched(text, diff).encode(encoding))


def patched(text: str, diff: str) -> str:
    r"""`text` with `diff` applied where it says and nowhere else; added lines end as the file's lines do.

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
        if row.mark == " ":
            new.append(line)
    return new
