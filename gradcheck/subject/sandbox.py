"""A worker process that runs the user's code: bounded, watched, and started again when it dies.

It protects from accidents: a loop without end, a file overwritten, a plot that waits to be closed. It is no
security boundary; code that means harm can get round every guard here. On Windows, which has neither resource
limits nor sessions, the memory limit does not hold, and a time-out kills the worker alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

from gradcheck.errors import GradcheckError, SubjectError, SubjectTimeoutError
from gradcheck.subject.capture import Capture
from gradcheck.subject.channel import Failure, Notice, Progress, Ready, Result
from gradcheck.subject.process import WorkerProcess
from gradcheck.subject.target import Target
from gradcheck.subject.worker.link import in_worker

T = TypeVar("T")

_START_LIMIT = 60.0  # seconds for Python to start and to import numpy, on a slow disk


class Sandbox:
    """Runs tasks in one long-lived worker process; a context manager, for one thread at a time but for `interrupt`.

    Args:
        target: the user's file; its folder is what the worker sees as its own.
        seed: what generators start from that the user's code leaves unseeded.
        time_limit: seconds for one call.
        memory_limit: bytes that the worker may allocate.
        output_limit: bytes of the user's output to keep.
        progress: told `(what, done, total)` by tasks that report it.
        preload: modules of gradcheck's whose tasks will be called, for the worker to import when it starts.

    Attributes:
        captured: what the user's code printed.

    Example:
        >>> import math
        >>> from pathlib import Path
        >>> with Sandbox(Target(Path.cwd() / "net.py", "net.py", "")) as sandbox:
        ...     sandbox.call(math.factorial, 5)
        120
    """

    def __init__(
        self,
        target: Target,
        *,
        seed: int = 0,
        time_limit: float = 60.0,
        memory_limit: int = 4 << 30,
        output_limit: int = 1 << 20,
        progress: Callable[[str, int, int], None] | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        self.target = target
        self.seed = seed
        self.time_limit = time_limit
        self.memory_limit = memory_limit
        self._progress = progress
        self._preload = tuple(preload)
        self.captured = Capture(output_limit)
        self._noticed: list[dict[str, int]] = []  # one for each worker: sentence -> times
        self._worker: WorkerProcess | None = None
        self._ready = False
        self._interrupted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, task: Callable[..., T], *args: object, time_limit: float | None = None) -> T:
        """What `task(*args)` returns when it is run in the worker.

        Each call finds the generators seeded afresh, the working directory, `sys.path` and the like as they
        were, and no module of the user's; only what a task keeps in gradcheck's own modules outlives it.

        Args:
            task: a function at the top level of a module of gradcheck.
            args: plain data that pickles, as is the result.
            time_limit: seconds, in place of the sandbox's own.

        Raises:
            GradcheckError: when the task raised one.
            SubjectTimeoutError: when it ran past the time limit.
            SubjectError: when the worker died.
        """
        if self.captured.closed:
            raise RuntimeError("this sandbox was closed; calls belong inside its `with` block")
        if self._interrupted:
            raise SubjectError("it was interrupted")
        worker = self._started()
        limit = self.time_limit if time_limit is None else time_limit
        try:
            worker.send((task, args))
            reply = self._reply(worker, limit, task.__name__.strip("_").replace("_", " "))
        except BaseException:
            self._stop()
            raise
        if isinstance(reply, Failure):
            if not isinstance(reply.error, GradcheckError):  # a fault of gradcheck's own
                reply.error.add_note(f"in gradcheck's worker:\n{reply.traceback}")
            else:
                reply.error.message = self.target.cells.retold(reply.error.message)
            raise reply.error
        assert isinstance(reply, Result)
        value: T = reply.value
        return value

    @property
    def output(self) -> str:
        """What the user's code printed so far, on standard output and standard error."""
        return self.captured.text

    @property
    def noticed(self) -> Counter[str]:
        """How often the user's code did so far what it was not let do."""
        counts: Counter[str] = Counter()
        for noticed in self._noticed:
            counts.update(noticed)
        return counts

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user's code did so far that it was not let do, a sentence each."""
        return notices_of(self)

    def interrupt(self) -> None:
        """From any thread: end the worker, so that a call under way fails, and refuse further calls."""
        self._interrupted = True
        if (worker := self._worker) is not None:
            worker.end()

    def close(self) -> None:
        """End the worker and remove its folder. What was captured can still be read."""
        self._stop()
        self.captured.close()

    def begin(self) -> None:
        """Start the worker and do not wait for it: the caller has something else to do meanwhile."""
        if in_worker():
            raise SubjectError("the code asks for a diagnosis of itself, which has begun already")
        self._noticed.append({})
        self._ready = False
        self._worker = WorkerProcess(
            self.target.path,
            output=self.captured.writer,
            seed=self.seed,
            memory_limit=self.memory_limit,
            preload=self._preload,
        )

    def _started(self) -> WorkerProcess:
        if self._worker is None:
            self.begin()
        worker = self._worker
        assert worker is not None
        if not self._ready:
            try:
                self._reply(worker, _START_LIMIT, "starting Python")
            except BaseException:
                self._stop()
                raise
            self._ready = True
        return worker

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None
            self.captured.drain()

    def _reply(self, worker: WorkerProcess, limit: float, doing: str) -> Ready | Result | Failure:
        deadline = monotonic() + limit
        while True:
            try:
                message = worker.receive(max(deadline - monotonic(), 0.0))
            except EOFError:
                raise self._died(worker, doing) from None
            if message is None:
                raise self._late(worker, limit, doing)
            if isinstance(message, Notice):
                self._noticed[-1][message.sentence] = message.times
            elif isinstance(message, Progress):
                doing = message.what
                if self._progress is not None:
                    self._progress(message.what, message.done, message.total)
            else:
                self.captured.drain()
                return message

    def _late(self, worker: WorkerProcess, limit: float, doing: str) -> SubjectTimeoutError:
        line = worker.line()
        where = f" in {self.target.place(line)}" if line else ""
        return SubjectTimeoutError(
            f"{doing}: expected it to end within {limit:g} s, but it still ran{where} and was stopped",
            hint="if it merely takes long, shorten it (fewer epochs, less data) or raise --time-limit;"
            " if not, look for a loop that never ends",
        )

    def _died(self, worker: WorkerProcess, doing: str) -> SubjectError:
        death = worker.death()
        line = worker.line()
        where = f" in {self.target.place(line)}" if line else ""
        self.captured.drain()
        said = self.captured.text.strip().rpartition("\n")[2]
        return SubjectError(
            f"{doing}: expected it to end by itself, but the code {death}{where}",
            hint=f"its last words were: {said}" if said else f"run python {self.target.display} by itself",
        )


def notices_of(*sandboxes: Sandbox) -> tuple[str, ...]:
    """What the user's code did in all of these that it was not let do, a sentence each."""
    counts: Counter[str] = Counter()
    for sandbox in sandboxes:
        counts.update(sandbox.noticed)
    sentences = [f"{text} ({n} times)" if n > 1 else text for text, n in counts.items()]
    if any(sandbox.captured.dropped for sandbox in sandboxes):
        printed = sum(sandbox.captured.total for sandbox in sandboxes)
        sentences.append(f"it printed {printed / 1e6:.1f} MB; the middle of that was not kept")
    return tuple(sentences)
