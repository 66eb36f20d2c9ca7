"""An end to code that would run on: raised in its own thread, again and again until it heeds it."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from time import monotonic

PATIENCE = 0.05
# Seconds in which the trace function may still stop the code by itself.


class Stopped(BaseException):
    """Ends the user's code from within; no ordinary `except` catches it."""


class limited:  # noqa: N801 -- read as a phrase: with limited(5)
    """Raises `Stopped` in the thread that entered it once some seconds are over, again and again until it heeds it.

    Args:
        seconds: how long it may take; a function for an end that may still move.
    """

    def __init__(self, seconds: float | Callable[[], float]) -> None:
        if callable(seconds):
            self._overdue = seconds
        else:
            end = monotonic() + seconds
            self._overdue = lambda: monotonic() - end
        self._target = threading.get_ident()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True, name="gradcheck limit")

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        for _attempt in range(2):  # one that is on its way may arrive in here; the next is far off
            try:
                self._done.set()
                self._thread.join()
            except Stopped:
                continue
            return

    def _wait(self) -> None:
        while not self._done.wait(PATIENCE):
            if self._overdue() > PATIENCE:
                # Never sent with NULL to take it back: CPython 3.11 would then spin in a traced frame for ever.
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._target), ctypes.py_object(Stopped)
                )
