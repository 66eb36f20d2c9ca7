"""Given objects: what the namespace of a wiring holds from the start, beside the definitions of the source."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass, field
from typing import Any

from gradcheck.errors import WiringError
from gradcheck.subject.live.codes import Codes
from gradcheck.subject.live.pickling import from_bytes


@dataclass(frozen=True, slots=True)
class Given:
    """Live objects, as they were when they were handed over.

    Attributes:
        names: what they are called.
        key: tells them from others.
        early: globals that definitions read while they are made, pickled.
        state: all globals that functions read, and the objects, pickled together so that what they share stays shared.
        path: where modules were imported from.
    """

    names: tuple[str, ...]
    key: str
    early: bytes = field(repr=False)
    state: bytes = field(repr=False)
    path: tuple[str, ...] = field(default=(), repr=False)

    def prepare(self, module: types.ModuleType) -> None:
        """What a module needs before its definitions are run."""
        sys.path += [folder for folder in self.path if folder not in sys.path]
        self._load(self.early, module.__dict__, Codes((lambda: None).__code__))

    def fill(self, module: types.ModuleType, code: types.CodeType) -> None:
        """Put the objects into a module whose definitions were run.

        Args:
            module: the module.
            code: what was run.

        Raises:
            WiringError: when they cannot be made again there.
        """
        self._load(self.state, module.__dict__, Codes(code))

    def _load(self, data: bytes, namespace: dict[str, Any], codes: Codes) -> None:
        try:
            namespace.update(from_bytes(data, namespace, codes))
        except Exception as problem:
            raise WiringError(
                f"{', '.join(self.names)} could not be made again in a process of their own: {problem}",
                hint="hand over gradcheck.subject(loss=..., params=..., grads=...), or point at the file",
            ) from problem
