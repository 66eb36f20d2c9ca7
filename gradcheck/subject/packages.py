"""Files that are part of a package: relative imports work in them, and they are run from above the package."""

from __future__ import annotations

import sys
import types
from pathlib import Path


def package_of(path: Path) -> str:
    """The dotted name of the package that a file is in; empty where it is in none.

    Args:
        path: the file, absolute.
    """
    names: list[str] = []
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        names.insert(0, folder.name)
        folder = folder.parent
    return ".".join(names)


def home_of(path: Path) -> Path:
    """The folder that a file is run from: its own, or, with ``python -m``, the one that holds its package.

    Example:
        >>> home_of(Path("/nets/net.py")).name
        'nets'
    """
    depth = len(package_of(path).split(".")) if package_of(path) else 0
    return path.parents[depth]


def join_package(module: types.ModuleType, path: str) -> None:
    """Let a module that is executed by hand import as the file at `path` would, relative imports and all."""
    package = package_of(Path(path))
    if package:
        module.__package__ = package
        home = str(home_of(Path(path)))
        if home not in sys.path:
            sys.path.insert(0, home)
