"""The worker's end of the channel: replies, progress and notices, safe to use from several threads."""

from __future__ import annotations

import pickle
import threading
from time import monotonic

from gradcheck.subject.channel import Message, Notice, Progress, Wire

_INTERVAL = 0.05  # seconds between two reports of progress; more would only slow the task
_SENTENCES = 50  # distinct notices; a script that writes ten thousand files is understood after these


class Link:
    """Sends messages to the parent.

    Args:
        wire: the worker's end of the pipe.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lock = threading.RLock()
        self._noticed: dict[str, int] = {}
        self._untold: set[str] = set()
        self.reported = 0.0

    def send(self, message: Message) -> None:
        """Pickle and send `message`."""
        self.send_pickled(pickle.dumps(message))

    def send_pickled(self, message: bytes) -> None:
        """Send a message that was pickled before."""
        with self._lock:
            self._wire.send_bytes(message)

    def notice(self, sentence: str) -> None:
        """Tell the parent at once of something new; count what it was told before."""
        with self._lock:
            if sentence not in self._noticed and len(self._noticed) >= _SENTENCES:
                sentence = "it did more of this kind, which is not listed"
            self._noticed[sentence] = self._noticed.get(sentence, 0) + 1
            self._untold.add(sentence)
            if self._noticed[sentence] == 1:
                self.tell()

    def tell(self) -> None:
        """Bring the parent's counts up to date."""
        with self._lock:
            for sentence in sorted(self._untold):
                self.send(Notice(sentence, self._noticed[sentence]))
            self._untold.clear()


_current: list[Link] = []


def connect(link: Link) -> None:
    """Make `link` the one that `report_progress` uses."""
    _current[:] = [link]


def in_worker() -> bool:
    """Whether this process is a worker."""
    return bool(_current)


def report_progress(what: str, done: int, total: int) -> None:
    """Tell the parent how far a task is; outside a worker nothing happens.

    Args:
        what: what is being done, such as "watching the script".
        done: how many of it are done.
        total: how many there are.
    """
    for link in _current:
        now = monotonic()
        if now - link.reported >= _INTERVAL or done == total:
            link.reported = now
            link.send(Progress(what, done, total))
