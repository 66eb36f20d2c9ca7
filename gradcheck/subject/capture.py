"""What the user's code prints, from Python or from C, taken from a pipe and kept within bounds."""

from __future__ import annotations

import os
import threading

_PATIENCE = 5.0  # seconds for what is in the pipe already, at most 64 KB


class Capture:
    """The reading end of a pipe, emptied by a thread, so that nobody who writes to it ever waits.

    Args:
        limit: bytes to keep, the first half and the last half; what lies between is dropped and only counted.

    Attributes:
        writer: the descriptor to hand to a process as its standard output.
        closed: whether `close` was called.
    """

    def __init__(self, limit: int) -> None:
        self._half = max(limit // 2, 1)
        self._head = bytearray()
        self._tail = bytearray()
        self._total = 0
        self._mark = os.urandom(16)
        self._marked = threading.Event()
        self.closed = False
        reader, self.writer = os.pipe()
        threading.Thread(target=self._empty, args=(reader,), daemon=True, name="gradcheck output").start()

    def drain(self) -> None:
        """Wait until all that was written before this call has been taken."""
        self._marked.clear()
        os.write(self.writer, self._mark)  # pipes keep order: once it arrives, all before it has arrived
        self._marked.wait(_PATIENCE)

    def close(self) -> None:
        """Take no more; what was captured stays. Closing twice does nothing."""
        if not self.closed:
            self.drain()
            os.close(self.writer)
            self.closed = True

    @property
    def total(self) -> int:
        """Bytes written so far, kept or not."""
        return self._total

    @property
    def dropped(self) -> int:
        """Bytes that were not kept."""
        return self._total - len(self._head) - min(len(self._tail), self._half)

    @property
    def text(self) -> str:
        """What was written so far, with a line in the place of what was dropped."""
        head = self._head.decode("utf-8", "replace")
        tail = self._tail[-self._half :].decode("utf-8", "replace")
        gap = f"\n[... {self.dropped:,} bytes not kept ...]\n" if self.dropped else ""
        return (head + gap + tail).replace("\r\n", "\n")

    def _empty(self, reader: int) -> None:
        held = b""  # a mark may arrive in two pieces
        while chunk := os.read(reader, 1 << 16):
            before, mark, after = (held + chunk).partition(self._mark)
            if mark:
                self._keep(before)
                held = after
                self._marked.set()
            else:
                self._keep(before[: -len(self._mark)])
                held = before[-len(self._mark) :]
        self._keep(held)
        os.close(reader)

    def _keep(self, data: bytes) -> None:
        self._total += len(data)
        room = self._half - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 2 * self._half:
            del self._tail[: -self._half]
