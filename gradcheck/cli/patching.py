"""A verified patch written into the user's file: whole, and only if the file is the one diagnosed."""

from __future__ import annotations

from gradcheck.cli.files import write_atomically
from gradcheck.diffs import patched
from gradcheck.errors import UsageError
from gradcheck.subject import resolve_target


def apply_to_file(name: str, source: str, diff: str) -> None:
    """Apply `diff` to the file, keeping its encoding, byte-order mark, line ends and mode.

    Args:
        name: the file, as the user named it.
        source: its text when it was diagnosed.
        diff: the patch, a unified diff.

    Raises:
        UsageError: the file has changed since, is gone, or may not be written.
        InputError: the patch does not fit the file.
    """
    target = resolve_target(name)
    if target.source != source:
        raise UsageError(
            f"{name} has changed since it was diagnosed, nothing written", hint="run the command again"
        )
    write_atomically(target.path, target.encode(patched(source, diff)))
