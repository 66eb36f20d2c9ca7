"""Patience: a limit of time on one call of user code, inside the worker."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTimeError(BaseException):
    """Raised inside user code that runs too long; not an `Exception`, so that few handlers swallow it."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise `OutOfTimeError` after so many seconds, where the platform has interval timers.

    Elsewhere, and where user code swallows it, the sandbox's own limit ends the whole call.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise OutOfTimeError

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, previous)
