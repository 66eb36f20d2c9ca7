"""Files: what the code writes lands in the overlay; outside it nothing can be written, moved or removed."""

from __future__ import annotations

import builtins
import functools
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradcheck.subject.worker.guards import Note, is_trusted, trusted
from gradcheck.subject.worker.guards.overlay import Overlay

# Audit event -> positions of the paths it changes, each with that of the descriptor it may be relative to.
_CHANGES: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
}
_WRITES: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.truncate": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    "os.setxattr": ((0, None),),
    "sqlite3.connect": ((0, None),),
}
_OPENED_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class FileGuard:
    """Answers the audit events of files, and sends the user's absolute paths to the overlay.

    Args:
        overlay: where writing is allowed.
        note: told what was written, and what was refused.
    """

    def __init__(self, overlay: Overlay, note: Note) -> None:
        self._overlay = overlay
        self._note = note

    def handlers(self) -> dict[str, Callable[[tuple[Any, ...]], None]]:
        """What to call for which audit event."""
        found: dict[str, Callable[[tuple[Any, ...]], None]] = {"open": self._opened}
        for table, whole in ((_CHANGES, False), (_WRITES, True)):
            for event, places in table.items():
                found[event] = functools.partial(self._changed, places=places, whole=whole)
        return found

    def redirect(self) -> None:
        """Replace `open` and what in `os` changes a path, so that the user's paths lead to the overlay."""
        builtins.open = io.open = self._redirected_open(io.open)
        for name, paths in {
            "mkdir": 1,
            "rmdir": 1,
            "remove": 1,
            "unlink": 1,
            "rename": 2,
            "replace": 2,
        }.items():
            setattr(os, name, self._redirected(getattr(os, name), paths))

    def _redirected_open(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def opened(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            if isinstance(file, str | bytes | os.PathLike):
                writing = not set(mode).isdisjoint("wax+")
                file = self._overlay.place(os.fsdecode(file), writing=writing)
            return original(file, mode, *args, **options)

        return opened

    def _redirected(self, original: Callable[..., Any], paths: int) -> Callable[..., Any]:
        @functools.wraps(original)
        def called(*args: Any, **options: Any) -> Any:
            if is_trusted() or options:  # relative to a descriptor: the audit event says to which folder
                return original(*args, **options)
            placed = [self._overlay.place(os.fsdecode(path), writing=True) for path in args[:paths]]
            return original(*placed, *args[paths:])

        return called

    def _opened(self, args: tuple[Any, ...]) -> None:
        path, _, flags = args
        if flags & _OPENED_TO_WRITE:
            self._changed((path,), places=((0, None),), whole=True)

    def _changed(
        self, args: tuple[Any, ...], *, places: tuple[tuple[int, int | None], ...], whole: bool
    ) -> None:
        for position, relative in places:
            path = args[position]
            if isinstance(path, int) or path in {":memory:", ""}:
                continue
            text = Path(os.fsdecode(path))
            if relative is not None and args[relative] != -1:
                text = _folder_of(args[relative]) / text
            self._require(str(text), whole=whole)

    def _require(self, path: str, *, whole: bool) -> None:
        with trusted():
            admitted = self._overlay.admits(path, whole=whole)
            name = self._overlay.shown(path)
        if not admitted:
            self._note(f"it tried to change {name}, outside its own folder, and was refused")
            raise PermissionError(f"gradcheck lets the code write inside its own folder only, not to {path}")
        if name and whole:
            self._note(
                f"it wrote {name}, which landed in a temporary folder: your own files are as they were"
            )
        elif name:
            self._note(
                f"it made, moved or removed {name} in a temporary copy: your own files are as they were"
            )


def _folder_of(descriptor: int) -> Path:
    """The path of an open folder."""
    if sys.platform != "darwin":
        return Path(f"/proc/self/fd/{descriptor}").readlink()
    else:  # noqa: RET505 -- mypy reads the platform's own branch only
        import fcntl

        return Path(os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0")))
