"""One tree of errors; every message a user reads says what was expected, what came, and what to try."""

from __future__ import annotations

import os
from pathlib import Path
from traceback import extract_tb
from traceback import format_exception as traceback_of


class GradcheckError(Exception):
    r"""Anything gradcheck raises on purpose.

    Args:
        message: what was expected and what came, in one or two sentences.
        hint: what to try next; shown on a line of its own.

    Example:
        >>> str(GradcheckError("no such file: net.py", hint="check the spelling"))
        'no such file: net.py\n  try: check the spelling'
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  try: {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only state does not survive the default protocol, and errors cross a process boundary.
        return (_rebuild, (type(self), self.__dict__, self.args))


class UsageError(GradcheckError):
    """The command line, or a call of the library, asked for something impossible."""


class InputError(GradcheckError, ValueError):
    """An array, a function or a mapping that the numerics cannot work with."""


class WiringError(GradcheckError):
    """A wiring expression is missing, malformed, or evaluates to something unusable."""


class DiscoveryError(GradcheckError):
    """Watching the script did not show how to drive it; says which expression is missing."""


class SubjectError(GradcheckError):
    """The user's own code raised.

    Args:
        message: what gradcheck was doing, and the exception that came.
        hint: what to try next.
        traceback: the user's frames of the traceback, as text, for `--traceback`.
    """

    def __init__(self, message: str, *, hint: str = "", traceback: str = "") -> None:
        super().__init__(message, hint=hint)
        self.traceback = traceback

    @classmethod
    def of(cls, doing: str, problem: BaseException) -> SubjectError:
        """The error for `problem`, raised by the user's code while gradcheck was `doing` something."""
        text = "".join(traceback_of(problem))
        own = f"{Path(__file__).parent}{os.sep}"
        frames = [frame for frame in extract_tb(problem.__traceback__) if not _is_own(frame.filename, own)]
        where = f" at line {frames[-1].lineno} ({(frames[-1].line or '').strip()})" if frames else ""
        return cls(f"{doing} raised {type(problem).__name__}: {problem}{where}", traceback=text)


class SubjectTimeoutError(SubjectError):
    """The user's code ran past a limit of time, memory or output, and was stopped."""


class MissingExtraError(GradcheckError, ImportError):
    """An optional dependency is absent; the message holds the exact install line.

    Args:
        package: the import that failed.
        extra: the extra of gradcheck that brings it.
    """

    def __init__(self, package: str, *, extra: str) -> None:
        super().__init__(
            f"this needs {package}, which is not installed", hint=f"pip install 'gradcheck[{extra}]'"
        )


def _is_own(filename: str, folder: str) -> bool:
    """Whether a frame is gradcheck's own, or of the wiring's text; the demos are subjects like any other file."""
    return (filename.startswith(folder) and "demos" not in filename) or filename.startswith("<")


def _rebuild(
    kind: type[GradcheckError], state: dict[str, object], args: tuple[object, ...]
) -> GradcheckError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error
