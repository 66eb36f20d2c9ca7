"""Files that need their package: relative imports work in them, and they are run from above the package."""

from __future__ import annotations

import ast
import sys
import types
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=64)
def package_of(path: Path) -> str:
    """The dotted name of the package that a file is in and imports from; empty where it does without one.

    A script that happens to lie in a package, and runs by itself, is a script.

    Args:
        path: the file, absolute.
    """
    names: list[str] = []
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        names.insert(0, folder.name)
        folder = folder.parent
    return ".".join(names) if names and _imports_from(names[0], path) else ""


def home_of(path: Path) -> Path:
    """The folder that a file is run from: its own, or, with ``python -m``, the one that holds its package.

    Example:
        >>> home_of(Path("/nets/net.py")).name
        'nets'
    """
    package = package_of(path)
    return path.parents[len(package.split(".")) if package else 0]


def join_package(module: types.ModuleType, path: str) -> None:
    """Let a module that is executed by hand import as the file at `path` would, relative imports and all."""
    package = package_of(Path(path))
    if package:
        module.__package__ = package
        home = str(home_of(Path(path)))
        if home not in sys.path:
            sys.path.insert(0, home)


def _imports_from(top: str, path: Path) -> bool:
    """Whether a file imports relatively, or by its name from a package that is not loaded as a library already."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                return True
            named = [node.module or ""]
        elif isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        else:
            continue
        if top not in sys.modules and any(name.split(".")[0] == top for name in named):
            return True
    return False
