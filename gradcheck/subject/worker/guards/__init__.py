"""What keeps the user's code from harm it does not mean: one file for each kind. No security boundary.

Guards are put in place after numpy and gradcheck were imported. They cost nothing where arrays are
computed: they sit on calls of the operating system, on `import` and on the seeding of generators.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Note = Callable[[str], None]
"""Tells the parent a sentence on what the user's code did."""

_trusted = threading.local()


@contextmanager
def trusted() -> Iterator[None]:
    """What runs inside, on this thread, is gradcheck's own and passes every guard."""
    before = is_trusted()
    _trusted.on = True
    try:
        yield
    finally:
        _trusted.on = before


def is_trusted() -> bool:
    """Whether this thread is inside `trusted`."""
    return getattr(_trusted, "on", False)
