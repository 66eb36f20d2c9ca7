"""Windows: figures are drawn and never shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from gradcheck.subject.worker.guards import Note


class AfterImport(MetaPathFinder):
    """Changes modules right after they are imported, if ever they are.

    Args:
        changes: module name -> what to do with the module.
    """

    def __init__(self, changes: dict[str, Callable[[ModuleType], None]]) -> None:
        self._changes = changes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The usual spec, its loader followed by the change; None for modules that are left as they are."""
        change = self._changes.get(fullname)
        spec = PathFinder.find_spec(fullname, path, target) if change else None
        if change is None or spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_change(module: ModuleType) -> None:
            execute(module)
            change(module)

        spec.loader.exec_module = execute_and_change  # type: ignore[method-assign]  # of this one loader
        return spec


def replace_displays(note: Note, temporary: str) -> None:
    """Keep matplotlib and tkinter, should they be imported, from opening windows.

    Args:
        note: told what was not shown.
        temporary: where matplotlib may keep its cache if the user has none yet.
    """
    if not any(path.is_dir() for path in _matplotlib_caches()):
        os.environ.setdefault("MPLCONFIGDIR", temporary)

    def without_backends(matplotlib: ModuleType) -> None:
        use = matplotlib.use
        matplotlib.use = lambda *_, **__: use("agg")  # type: ignore[attr-defined]  # whatever backend was asked for

    def without_windows(pyplot: ModuleType) -> None:
        for name in ("show", "pause"):
            setattr(pyplot, name, _silent(f"it called plt.{name}(): no window was opened", note))

    def without_root(tkinter: ModuleType) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            note("it tried to open a window with tkinter and was refused")
            raise tkinter.TclError("gradcheck does not let the code open windows")

        tkinter.Tk.__init__ = refuse

    changes = {"matplotlib": without_backends, "matplotlib.pyplot": without_windows, "tkinter": without_root}
    sys.meta_path.insert(0, AfterImport(changes))


def _silent(sentence: str, note: Note) -> Callable[..., None]:
    def shown(*_: Any, **__: Any) -> None:
        note(sentence)

    return shown


def _matplotlib_caches() -> list[Path]:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return [cache / "matplotlib", Path.home() / ".matplotlib"]
