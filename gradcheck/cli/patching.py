"""A verified patch written into the user's file: whole, and only if the file is the one diagnosed."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

from gradcheck.cli.files import write_atomically
from gradcheck.errors import UsageError
from gradcheck.report.diffs import patched


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
