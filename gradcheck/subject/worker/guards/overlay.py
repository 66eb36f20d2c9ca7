"""The user's folder as the worker sees it: everything can be read, and what is written lands in a copy."""

from __future__ import annotations

import os
import shutil
from itertools import islice
from pathlib import Path

_ENTRIES = 1000  # files and folders to lay out at the start; what lies deeper is reached through links
_COPIED = (
    1 << 16
)  # bytes; small files are copied, so that even C code, which no guard sees, spoils only a copy
_DEVICES = {Path("/dev/null"), Path("/dev/stdout"), Path("/dev/stderr"), Path(os.devnull)}


class Overlay:
    """A tree of links and small copies beside the user's own, with copy on write.

    The folder above the user's is mirrored too, so that `../data/x.csv` can be read; the home folder is not.

    Args:
        scratch: an empty folder, without links in its path.
        folder: the user's, absolute.

    Attributes:
        folder: the mirror of the user's folder; the working directory.
        temporary: where `tempfile` is to put its files.
    """

    def __init__(self, scratch: Path, folder: Path) -> None:
        self._scratch = scratch
        self.temporary = scratch / "tmp"
        self._root = scratch / "files"
        self._original = folder if folder.parent in {folder.parent.parent, Path.home()} else folder.parent
        self.folder = self._root / folder.relative_to(self._original)
        self._originals = {self._original, self._original.resolve()}
        self._written: set[Path] = set()
        self._partial = False
        self.temporary.mkdir()
        self.folder.mkdir(parents=True)
        self._mirror(folder)
        if self._original != folder:
            _bring_entries(self._original, self._root)

    def place(self, path: str, *, writing: bool) -> str:
        """Where `path` is to be opened.

        Args:
            path: absolute, or relative to the working directory.
            writing: whether it is opened to be written.

        Returns:
            A path in the mirror if the user's own file is to be written, or was written before; else `path`,
            or the user's own file where the mirror had no room for it.
        """
        absolute = _absolute(path)
        if absolute.is_relative_to(self._scratch):
            missing = self._partial and not writing and not os.path.lexists(absolute)
            return self._unmirrored(absolute) or path if missing else path
        mirrored = self._mirrored(absolute)
        redirected = mirrored is not None and (writing or mirrored in self._written)
        return str(mirrored) if redirected else path

    def admits(self, path: str, *, whole: bool) -> bool:
        """Whether `path` may be written to; if so, it is made the worker's own first.

        Args:
            path: absolute, or relative to the working directory.
            whole: whether a file's contents are about to change, not merely its entry in the folder.
        """
        absolute = _absolute(path)
        if not absolute.is_relative_to(self._scratch):
            return absolute in _DEVICES
        self._own(absolute, whole=whole)
        self._written.add(absolute)
        return True

    def shown(self, path: str) -> str:
        """`path` as the user would name it; empty where there is nothing to say of it."""
        absolute = _absolute(path)
        if absolute.is_relative_to(self.temporary) or absolute in _DEVICES:
            return ""
        return (
            os.path.relpath(absolute, self.folder) if absolute.is_relative_to(self._root) else str(absolute)
        )

    def _mirror(self, folder: Path) -> None:
        """Lay out the user's folder, breadth first, as far as the bound on entries goes."""
        left = _ENTRIES
        pending = [(folder, self.folder)]
        while pending:
            source, target = pending.pop(0)
            entries = _entries(source, left + 1)
            if len(entries) > left:
                if source != folder:
                    target.symlink_to(source)
                    continue
                self._partial = True
            left -= len(entries)
            target.mkdir(exist_ok=True)
            for entry in entries:
                if entry == self._scratch:  # the user's folder is the one for temporary files
                    continue
                if _may_be_unfolded(entry):
                    pending.append((entry, target / entry.name))
                else:
                    _bring(entry, target / entry.name)

    def _own(self, absolute: Path, *, whole: bool) -> None:
        """Replace every link on the way to `absolute` by what it links to."""
        for folder in reversed(absolute.relative_to(self._scratch).parents):
            at = self._scratch / folder
            if at.is_symlink() and at.is_dir():
                source = at.resolve()
                at.unlink()
                at.mkdir()
                _bring_entries(source, at)
        if whole and absolute.is_symlink():
            source = absolute.resolve()
            absolute.unlink()
            if source.is_file():
                shutil.copyfile(source, absolute)

    def _mirrored(self, absolute: Path) -> Path | None:
        for original in self._originals:
            if absolute.is_relative_to(original):
                return self._root / absolute.relative_to(original)
        return None

    def _unmirrored(self, absolute: Path) -> str:
        if not absolute.is_relative_to(self._root):
            return ""
        original = self._original / absolute.relative_to(self._root)
        return str(original) if original.exists() else ""


def _absolute(path: str) -> Path:
    """Without `..`, and without following links, which lead back to the user's own files."""
    return Path(os.path.abspath(path))  # noqa: PTH100 -- pathlib's `resolve` follows links, its `absolute` keeps `..`


def _may_be_unfolded(entry: Path) -> bool:
    """Whether it is a folder of the user's own files, rather than a repository, an environment or a cache."""
    if entry.name.startswith(".") or entry.name in {"__pycache__", "node_modules"} or entry.is_symlink():
        return False
    return entry.is_dir() and os.access(entry, os.R_OK | os.X_OK) and not (entry / "pyvenv.cfg").exists()


def _entries(folder: Path, bound: int) -> list[Path]:
    try:
        return list(islice(folder.iterdir(), bound))
    except OSError:  # gone in the meantime, or not for us to read
        return []


def _bring_entries(source: Path, target: Path) -> None:
    for entry in _entries(source, _ENTRIES):
        if not os.path.lexists(target / entry.name):
            _bring(entry, target / entry.name)


def _bring(source: Path, target: Path) -> None:
    """Make a file or a folder readable as `target`: a copy if it is a small file, a link otherwise."""
    try:
        if source.is_file() and source.stat().st_size <= _COPIED:
            shutil.copyfile(source, target)
        else:
            target.symlink_to(source)
    except OSError:  # it may not be read, or Windows grants no links: then it is missing here
        return
