"""Somebody's code as a subject: found, wired, started in a worker process, set to points and asked."""

import sys
from types import ModuleType

from gradcheck.subject.discover import discover_in, discover_wiring
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
    "to_toml",
    "wiring_from_flags",
    "wiring_from_pyproject",
]


class _Room(ModuleType):
    """This package, which can be called too: `gradcheck.subject(loss=...)` is both the room and what it makes."""

    __call__ = staticmethod(subject)


sys.modules[__name__].__class__ = _Room
