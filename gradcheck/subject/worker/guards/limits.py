"""Limits that the operating system keeps. Windows has none of them."""

from __future__ import annotations

import sys
from pathlib import Path

_FILE_SIZE = 1 << 30  # bytes of any one file; a script that logs without end must not fill the disk


def limit_resources(memory: int) -> None:
    """Bound memory beyond what is in use now, the size of files, and core dumps.

    Args:
        memory: bytes. It does not hold on Windows, and on macOS only in part.
    """
    if sys.platform != "win32":
        import resource

        in_use = _pages_in_use() * resource.getpagesize()
        for kind, limit in (
            (resource.RLIMIT_AS, in_use + memory),
            (resource.RLIMIT_FSIZE, _FILE_SIZE),
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(kind)
            allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            try:
                resource.setrlimit(kind, (allowed, hard))
            except (ValueError, OSError):  # macOS refuses RLIMIT_AS: the other limits still hold
                continue


def _pages_in_use() -> int:
    """Pages of address space in use; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text("ascii").split()[0]) if statm.exists() else 0
