"""Somebody's code as a subject: found, wired, started in a worker process, set to points and asked.

The public names are imported when first used: a worker process starts a third of a second sooner for it.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradcheck.subject.discovering import discover_in, discover_wiring
    from gradcheck.subject.live.callables import LiveSubject, subject
    from gradcheck.subject.sandbox import Sandbox
    from gradcheck.subject.target import Target, resolve_target
    from gradcheck.subject.wiring import Grads, Step, Wiring
    from gradcheck.subject.wiring_file import load_wiring, to_toml, wiring_from_flags, wiring_from_pyproject

__all__ = [
    "Grads",
    "LiveSubject",
    "Sandbox",
    "Step",
    "Target",
    "Wiring",
    "discover_in",
    "discover_wiring",
    "load_wiring",
    "resolve_target",
    "subject",
    "to_toml",
    "wiring_from_flags",
    "wiring_from_pyproject",
]

_HOMES = {
    "Grads": "wiring",
    "LiveSubject": "live.callables",
    "Sandbox": "sandbox",
    "Step": "wiring",
    "Target": "target",
    "Wiring": "wiring",
    "discover_in": "discovering",
    "discover_wiring": "discovering",
    "load_wiring": "wiring_file",
    "resolve_target": "target",
    "subject": "live.callables",
    "to_toml": "wiring_file",
    "wiring_from_flags": "wiring_file",
    "wiring_from_pyproject": "wiring_file",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'gradcheck.subject' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gradcheck.subject.{_HOMES[name]}"), name)


class _Room(ModuleType):
    """This package, which can be called too: `gradcheck.subject(loss=...)` is both the room and what it makes."""

    def __call__(self, *args: Any, **parts: Any) -> LiveSubject:
        from gradcheck.subject.live.callables import subject

        return subject(*args, **parts)


sys.modules[__name__].__class__ = _Room
