"""A second worker process: what needs no result of the search is observed there while the search runs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Any, Self, TypeVar

from gradcheck.subject.sandbox import Sandbox

T = TypeVar("T")
Progress = Callable[[str, int, int], None]

PATIENCE = 0.1  # seconds between two looks at whether work that was broken off has ended


class Beside:
    """Carries out calls in a sandbox of its own, one after the other; a context manager.

    The worker starts at once, so that it is up by the time it is needed. Leaving the block breaks off what still runs.

    Args:
        sandbox: makes the sandbox, given what to tell of progress.
        progress: told `(what, done, total)` only while somebody waits for a result: two who tell at once confuse.
    """

    def __init__(
        self, sandbox: Callable[[Progress | None], Sandbox], progress: Progress | None = None
    ) -> None:
        self.sandbox = sandbox(self._tell)
        self._progress = progress
        self._awaited = False
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="gradcheck-beside")
        self._begun: list[Future[Any]] = []

    def __enter__(self) -> Self:
        self.sandbox.begin()
        return self

    def begin(self, call: Callable[[Sandbox], T]) -> Callable[[], T]:
        """Start `call(sandbox)` when all that was begun before has ended; returns what waits for its result.

        Raises:
            GradcheckError: not here, but where the result is asked for: what the call raised.
        """
        future = self._pool.submit(call, self.sandbox)
        self._begun.append(future)

        def result() -> T:
            self._awaited = True
            try:
                return future.result()
            finally:
                self._awaited = False

        return result

    def _tell(self, what: str, done: int, total: int) -> None:
        if self._awaited and self._progress is not None:
            self._progress(what, done, total)

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        while running := [future for future in self._begun if not future.done()]:
            self.sandbox.interrupt()  # more than once: it may have been starting a worker
            wait(running, timeout=PATIENCE)
        self._pool.shutdown()
        self.sandbox.close()
