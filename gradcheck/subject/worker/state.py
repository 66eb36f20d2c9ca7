"""What one task must not leave to the next."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def restored() -> Iterator[None]:
    """Put the process back as it was: directory, search path, streams, environment, numpy.

    The user's own modules are forgotten, so that the next task imports them afresh.
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
        _forget_users_modules(modules)


_LIBRARIES = (
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    *site.getsitepackages(),
    site.getusersitepackages(),
)


def _forget_users_modules(known: set[str]) -> None:
    """Forget what was imported since and is the user's own: not installed, and no part of what was known.

    Libraries stay: some, numpy among them, cannot be loaded twice.
    """
    for name in set(sys.modules) - known:
        file = getattr(sys.modules[name], "__file__", None)
        installed = not isinstance(file, str) or file.startswith(_LIBRARIES)
        if not installed and name.partition(".")[0] not in known:
            del sys.modules[name]
