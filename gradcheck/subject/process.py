"""The worker as the parent sees it: started, spoken to, asked where it hangs, killed."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any

from gradcheck.subject.channel import Message, Settings, Wire, receive

STACK = (
    "stack.txt"  # in the scratch folder: the worker writes its stack there when asked, and when it crashes
)

_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8:backslashreplace",
    # Arrays are small here, and threads make sums depend on the number of cores.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    # Nobody is there to look at a window or to close it.
    "MPLBACKEND": "agg",
    "QT_QPA_PLATFORM": "offscreen",
    "SDL_VIDEODRIVER": "dummy",
}


class WorkerProcess:
    """One worker process with a scratch folder of its own, in a session of its own.

    Args:
        file: the user's file, absolute.
        output: the descriptor that receives its standard output and standard error.
        seed: seeds whatever draws random numbers.
        memory_limit: bytes that it may allocate.
        preload: modules of gradcheck's to import meanwhile.
    """

    def __init__(
        self, file: Path, *, output: int, seed: int, memory_limit: int, preload: tuple[str, ...] = ()
    ) -> None:
        self._file = file
        self._scratch = Path(tempfile.mkdtemp(prefix="gradcheck-")).resolve()
        ours, theirs = Pipe()
        self._wire: Wire = ours
        with theirs:
            self._process = _start(theirs.fileno(), output)
        self.send(Settings(str(file), str(self._scratch), seed, memory_limit, preload))

    def send(self, message: object) -> None:
        """Pickle and send `message`; a worker that is gone shows at the next `receive`."""
        data = pickle.dumps(message)
        try:
            self._wire.send_bytes(data)
        except ConnectionError:
            return

    def receive(self, timeout: float) -> Message | None:
        """The next message; None when none came within `timeout` seconds.

        Raises:
            EOFError: when the worker is gone.
        """
        try:
            return receive(self._wire) if self._wire.poll(timeout) else None
        except ConnectionError as problem:
            raise EOFError from problem

    def kill(self) -> None:
        """End the worker, and all that it started, at once; remove its folder."""
        self.end()
        self._wire.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def end(self) -> None:
        """End the worker, and all that it started, at once: whoever waits to `receive` learns of it."""
        if sys.platform == "win32":
            self._process.kill()
        else:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):  # macOS says the latter of a process that has ended
                self._process.kill()
        self._process.wait()

    def death(self) -> str:
        """How the process ended, as the end of a sentence."""
        try:
            status = self._process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            return "closed the pipe to gradcheck"
        if status >= 0:
            return f"ended its own process with exit status {status} (os._exit, or a library that calls it)"
        name = signal.Signals(-status).name
        memory = ", most likely because the machine ran out of memory" if name == "SIGKILL" else ""
        return f"was killed by {name}{memory}"

    def line(self) -> int | None:
        """The line of the user's file that runs now, or ran when the process crashed; None if unknown."""
        if sys.platform != "win32" and self._process.poll() is None:
            self._process.send_signal(signal.SIGUSR1)
        return self._line_in_stack(patience=0.5 if self._process.poll() is None else 0.0)

    def _line_in_stack(self, patience: float) -> int | None:
        name = str(self._file).encode("ascii", "backslashreplace").decode()  # as faulthandler writes it
        pattern = re.compile(rf'^  File "{re.escape(name)}", line (\d+) in ', re.MULTILINE)
        deadline = time.monotonic() + patience
        while True:
            stack = self._scratch / STACK
            text = stack.read_text("utf-8", "replace") if stack.exists() else ""
            if text.endswith("\n") or time.monotonic() > deadline:
                found = pattern.search(text)  # the most recent call is written first
                return int(found.group(1)) if found else None
            time.sleep(0.01)


def _start(handle: int, output: int) -> subprocess.Popen[bytes]:
    # -P: gradcheck itself must not import a neighbour of the user's file that is called random.py.
    command = [sys.executable, "-P", "-m", "gradcheck.subject.worker", str(handle)]
    options: dict[str, Any] = {
        "env": _environment(),
        "stdin": subprocess.DEVNULL,
        "stdout": output,
        "stderr": output,
    }
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        options |= {"startupinfo": startup}
    else:
        # A session of its own: the terminal's Ctrl-C does not reach it, and all its children die with it.
        options |= {"pass_fds": (handle,), "start_new_session": True}
    return subprocess.Popen(command, **options)  # noqa: S603 -- this very Python, running gradcheck


def _environment() -> dict[str, str]:
    environment = {**os.environ, **_ENVIRONMENT}
    for display in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(display, None)
    root = str(Path(__file__).parents[2])
    if root not in sysconfig.get_paths().values():  # a checkout that was never installed
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [environment.get("PYTHONPATH"), root]))
    return environment


def join_parent(handle: int) -> Wire:
    """The worker's end of the pipe, whose handle it was given on its command line."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return PipeConnection(handle)
    else:  # noqa: RET505 -- mypy reads the platform's own branch only
        from multiprocessing.connection import Connection

        os.set_inheritable(handle, False)
        return Connection(handle)
