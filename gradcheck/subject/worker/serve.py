"""The worker's loop: one task after another, each from the same state, each answered."""

from __future__ import annotations

import importlib
import os
import pickle
import shutil
import threading
import traceback
from queue import SimpleQueue

from gradcheck.errors import GradcheckError, SubjectError
from gradcheck.subject.channel import Failure, Ready, Result, Settings, Wire
from gradcheck.subject.process import join_parent
from gradcheck.subject.randomness import seed_everything
from gradcheck.subject.worker.guards import trusted
from gradcheck.subject.worker.guards.install import install_guards
from gradcheck.subject.worker.link import Link, connect
from gradcheck.subject.worker.state import restored


def serve(handle: int) -> None:
    """Take tasks from the parent until it is gone; never returns.

    Args:
        handle: of the pipe to the parent.
    """
    wire = join_parent(handle)
    settings: Settings = pickle.loads(wire.recv_bytes())  # noqa: S301 -- from the parent
    link = Link(wire)
    connect(link)
    inbox: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(wire, inbox, settings.scratch), daemon=True).start()
    for module in settings.preload:
        importlib.import_module(module)
    install_guards(settings, link.notice)
    link.send(Ready())
    while True:
        request = inbox.get()
        with restored():
            seed_everything(settings.seed)
            reply = _pickled(_answer(request, settings))
        link.tell()
        link.send_pickled(reply)


def _listen(wire: Wire, inbox: SimpleQueue[bytes], scratch: str) -> None:
    """Queue what comes; when the parent is gone, whatever the user's code is busy with, go too."""
    while True:
        try:
            inbox.put(wire.recv_bytes())
        except (EOFError, OSError):
            with trusted():
                shutil.rmtree(scratch, ignore_errors=True)
            os._exit(0)


def _answer(request: bytes, settings: Settings) -> Result | Failure:
    try:
        task, args = pickle.loads(request)  # noqa: S301 -- from the parent
        return Result(task(*args))
    except GradcheckError as problem:
        if isinstance(problem.__cause__, MemoryError) and not problem.hint:
            problem.hint = _memory_hint(settings)
        return Failure(problem, traceback.format_exc())
    except MemoryError as problem:
        error = SubjectError.of("the code", problem)
        error.hint = _memory_hint(settings)
        return Failure(error, traceback.format_exc())
    except Exception as problem:  # noqa: BLE001 -- a fault of gradcheck's own: the parent raises it
        return Failure(problem, traceback.format_exc())
    except BaseException as problem:  # noqa: BLE001 -- SystemExit and the like, which only user code raises
        return Failure(SubjectError.of("the code", problem), traceback.format_exc())


def _memory_hint(settings: Settings) -> str:
    return (
        f"it may allocate {settings.memory_limit / (1 << 30):.3g} GiB here; use less data, or smaller layers"
    )


def _pickled(reply: Result | Failure) -> bytes:
    try:
        return pickle.dumps(reply)
    except (
        pickle.PicklingError,
        TypeError,
        AttributeError,
    ) as problem:  # as pickle words it, it cannot be pickled
        came = reply.value if isinstance(reply, Result) else reply.error
        text = reply.traceback if isinstance(reply, Failure) else ""
        error = TypeError(f"a task gave {came!r}, which does not pickle: {problem}")
        return pickle.dumps(Failure(error, text))
