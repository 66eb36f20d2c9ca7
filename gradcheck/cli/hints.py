"""Nearest names: what somebody who mistyped probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from gradcheck.errors import UsageError


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, or an empty string.

    Example:
        >>> nearest("diagnos", ["check", "diagnose"])
        'diagnose'
    """
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def existing_file(name: str) -> Path:
    """The path of a file that is there.

    Raises:
        UsageError: it is not; the hint names the nearest file beside it.
    """
    path = Path(name)
    if path.is_dir():
        raise UsageError(
            f"expected a file, {name} is a folder", hint=f"name the network's file in it: {path / 'net.py'}"
        )
    if path.is_file():
        return path
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    like = nearest(path.name, (entry.name for entry in beside if entry.is_file()))
    raise UsageError(
        f"no such file: {name}", hint=str(path.with_name(like)) if like else "check the spelling of the path"
    )
