"""Nearest names: what somebody who mistyped probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, or an empty string.

    Example:
        >>> nearest("diagnos", ["check", "diagnose"])
        'diagnose'
    """
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), "")
