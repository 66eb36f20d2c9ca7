"""What the parent and the worker say to each other: length-prefixed pickles over a pipe of their own."""

from __future__ import annotations

import io
import pickle
import sys
from dataclasses import dataclass
from typing import Any, Protocol


class Wire(Protocol):
    """What `multiprocessing` calls a connection, whose class depends on the operating system."""

    def send_bytes(self, buf: bytes, /) -> None:
        """Send one message."""

    def recv_bytes(self) -> bytes:
        """Wait for one message; `EOFError` when the other side is gone."""

    def poll(self, timeout: float, /) -> bool:
        """Whether a message comes within `timeout` seconds."""

    def close(self) -> None:
        """Close this end."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The first message to a worker.

    Attributes:
        file: the user's file, absolute.
        scratch: an empty folder that the worker may write to.
        seed: seeds whatever draws random numbers.
        memory_limit: bytes that the worker may allocate.
        preload: modules whose tasks will come, to be imported before they do.
    """

    file: str
    scratch: str
    seed: int
    memory_limit: int
    preload: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker's guards stand; it waits for the first task."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is: `done` of `total` of `what`."""

    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the user's code did and was not let do, and how often so far."""

    sentence: str
    times: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a task returned."""

    value: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """What a task raised, and its traceback as text."""

    error: BaseException
    traceback: str


Message = Ready | Progress | Notice | Result | Failure


def receive(wire: Wire) -> Message:
    """The next message of the worker.

    Raises:
        EOFError: when the worker is gone.
        pickle.UnpicklingError: when a task returned something other than plain data.
    """
    message: Message = _PlainUnpickler(io.BytesIO(wire.recv_bytes())).load()
    return message


class _PlainUnpickler(pickle.Unpickler):
    """Refuses classes of the user's modules: loading one would import the user's code into the parent."""

    def find_class(self, module: str, name: str) -> Any:
        package = module.partition(".")[0]
        if package in {"gradcheck", "numpy"} or package in sys.stdlib_module_names:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"a task may return plain data only, but it returned a {module}.{name}")
