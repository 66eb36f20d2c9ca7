"""All guards together, in an order that lets each find what it needs."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import tempfile
from pathlib import Path

from gradcheck.subject.channel import Settings
from gradcheck.subject.packages import home_of
from gradcheck.subject.process import STACK
from gradcheck.subject.worker.guards import Note, is_trusted
from gradcheck.subject.worker.guards.displays import replace_displays
from gradcheck.subject.worker.guards.entropy import replace_entropy
from gradcheck.subject.worker.guards.exits import replace_exit
from gradcheck.subject.worker.guards.files import FileGuard
from gradcheck.subject.worker.guards.keyboard import replace_keyboard
from gradcheck.subject.worker.guards.limits import limit_resources
from gradcheck.subject.worker.guards.overlay import Overlay
from gradcheck.subject.worker.guards.refusals import refusals, refuse_unaudited_processes


def install_guards(settings: Settings, note: Note) -> None:
    """Make this process safe for the user's code, and as if Python had been started on their file.

    Args:
        settings: the user's file, the scratch folder, the limits.
        note: told what the user's code does that it is not let do.
    """
    scratch, folder = Path(settings.scratch), Path(settings.file).parent
    overlay = Overlay(scratch, home_of(Path(settings.file)))
    _write_stacks(scratch / STACK)
    os.environ["TMPDIR"] = tempfile.tempdir = str(overlay.temporary)
    os.chdir(overlay.folder)
    sys.path.insert(0, str(folder))
    sys.argv[:] = [settings.file]
    sys.dont_write_bytecode = True
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream on a pipe
    replace_keyboard(note)
    replace_exit(note)
    replace_displays(note, str(overlay.temporary))
    replace_entropy()
    refuse_unaudited_processes(note)
    files = FileGuard(overlay, note)
    files.redirect()
    limit_resources(settings.memory_limit)
    handlers = {**files.handlers(), **refusals(note)}

    def audit(event: str, args: tuple[object, ...]) -> None:
        handler = handlers.get(event)
        if handler is not None and not is_trusted():
            handler(args)

    sys.addaudithook(audit)


def _write_stacks(path: Path) -> None:
    """Have the stack written to a file when the process crashes, and whenever the parent asks by a signal."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    faulthandler.enable(descriptor)
    if sys.platform != "win32":
        faulthandler.register(signal.SIGUSR1, descriptor)
