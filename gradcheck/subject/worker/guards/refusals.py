"""What is refused outright: other processes, signals to them, the network, the browser."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from gradcheck.subject.worker.guards import Note

Handler = Callable[[tuple[Any, ...]], None]

_PROCESS = "it tried to start or signal another process ({what}) and was refused"
_NETWORK = "it tried to reach {what} over the network and was refused: download what it needs beforehand"

# Audit event -> position of what is started or reached, None where the event does not say.
_PROCESS_EVENTS: Mapping[str, int | None] = {
    "subprocess.Popen": 0,
    "os.system": 0,
    "os.exec": 0,
    "os.posix_spawn": 0,
    "os.spawn": 1,
    "os.startfile": 0,
    "pty.spawn": 0,
    "os.fork": None,
    "os.forkpty": None,
    "os.kill": None,
    "os.killpg": None,
}
_NETWORK_EVENTS: Mapping[str, int | None] = {
    "urllib.Request": 0,
    "http.client.connect": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "webbrowser.open": 0,
}


def refusals(note: Note) -> dict[str, Handler]:
    """What to call for which audit event; each notes what was tried and raises `PermissionError`."""
    return {
        event: functools.partial(_refuse, note, sentence, event, position)
        for sentence, events in ((_PROCESS, _PROCESS_EVENTS), (_NETWORK, _NETWORK_EVENTS))
        for event, position in events.items()
    }


def refuse_unaudited_processes(note: Note) -> None:
    """Close the one way to a process that raises no audit event, taken by `multiprocessing` and by joblib."""
    if sys.platform != "win32":
        import _posixsubprocess

        refuse = functools.partial(_refuse, note, _PROCESS, "fork_exec", None)
        _posixsubprocess.fork_exec = lambda *args: refuse(args)


def _refuse(note: Note, sentence: str, event: str, position: int | None, args: tuple[Any, ...]) -> NoReturn:
    what = event if position is None else args[position]
    what = what.decode(errors="replace") if isinstance(what, bytes) else what
    note(sentence.format(what=what))
    raise PermissionError(f"gradcheck does not let the code do this: {event} ({what})")
