"""What one task must not leave to the next."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def restored(folder: str) -> Iterator[None]:
    """Put the process back as it was: directory, search path, streams, environment, numpy, modules.

    Args:
        folder: the user's; modules imported from it are forgotten, so that the next task imports them afresh.
    """
    modules = set(sys.modules)
    directory, path, arguments = os.getcwd(), list(sys.path), list(sys.argv)  # noqa: PTH109 -- a text, for chdir
    streams = sys.stdin, sys.stdout, sys.stderr
    environment, depth = dict(os.environ), sys.getrecursionlimit()
    errors, printing = np.geterr(), np.get_printoptions()
    try:
        yield
    finally:
        sys.settrace(None)
        sys.stdin, sys.stdout, sys.stderr = streams
        sys.stdout.flush()
        sys.stderr.flush()
        os.chdir(directory)
        sys.path[:], sys.argv[:] = path, arguments
        os.environ.clear()
        os.environ.update(environment)
        sys.setrecursionlimit(depth)
        np.seterr(**errors)
        np.set_printoptions(**printing)
        _forget(folder, modules)


def _forget(folder: str, known: set[str]) -> None:
    for name in set(sys.modules) - known:
        file = getattr(sys.modules[name], "__file__", None)
        if isinstance(file, str) and file.startswith(folder + os.sep):
            del sys.modules[name]
