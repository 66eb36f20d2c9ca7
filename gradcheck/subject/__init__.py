"""Somebody's code as a subject: found, wired, started in a worker process, set to points and asked."""

from gradcheck.subject.discover import discover_in, discover_wiring
from gradcheck.subject.sandbox import Sandbox
from gradcheck.subject.target import Target, resolve_target
from gradcheck.subject.wiring import Grads, Step, Wiring
from gradcheck.subject.wiring_file import load_wiring, to_toml, wiring_from_flags, wiring_from_pyproject

__all__ = [
    "Grads",
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
