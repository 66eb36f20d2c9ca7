"""`sys.exit`: it ends a task, never the worker, and is mentioned."""

from __future__ import annotations

import builtins
import sys
from typing import NoReturn

from gradcheck.subject.worker.guards import Note


def replace_exit(note: Note) -> None:
    """Make `sys.exit`, `exit` and `quit` say that they were called, and raise `SystemExit` as before."""

    def leave(status: object = None) -> NoReturn:
        note("it called sys.exit()")
        raise SystemExit(status)

    sys.exit = builtins.exit = builtins.quit = leave  # type: ignore[assignment]  # `exit` is an object that closes stdin
