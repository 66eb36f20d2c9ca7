"""A bar for whoever waits: on a terminal only, and only when the wait is long."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gradcheck.cli.streams import Streams

PATIENCE = 1.0  # seconds before the bar appears


class Waiting:
    """Called with (what, done, total); draws nothing unless standard error is a terminal.

    Args:
        streams: where to draw.
        quiet: True draws nothing in any case.
        patience: seconds before the bar appears.
    """

    def __init__(self, streams: Streams, *, quiet: bool = False, patience: float = PATIENCE) -> None:
        # FORCE_COLOR makes rich believe in a terminal; a bar in a log file is believed by nobody.
        shown = not quiet and sys.stderr.isatty()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=streams.errors, transient=True, disable=not shown)
        self._task = self._bar.add_task("starting", total=None)
        self._timer = threading.Timer(patience, self._bar.start)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say how far the work has come; a total of 0 is not known yet."""
        self._bar.update(self._task, description=what, completed=done, total=total or None)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        self._bar.stop()
