"""The two doors: a whole diagnosis, and the gradient check alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.diagnosis.beside import Beside
from gradcheck.errors import UsageError
from gradcheck.subject.live.callables import LiveSubject
from gradcheck.subject.sandbox import Sandbox
from gradcheck.subject.target import Target, resolve_target

if TYPE_CHECKING:
    from gradcheck.findings import Report
    from gradcheck.subject.live.handed import Handed
    from gradcheck.subject.wiring import Wiring

# Whatever else is needed is imported once the workers have been started, and are busy with their own imports.

Progress = Callable[[str, int, int], None]

DISCOVERY, GRADIENT = "gradcheck.subject.discover.discovery", "gradcheck.diagnosis.tasks.gradient"
BESIDE = (DISCOVERY, "gradcheck.diagnosis.tasks.audits")
# What the workers import when they start: the first finds a wiring where none is given, the other a way to train.


def diagnose(
    target: str | Path | object,
    X: Any = None,
    y: Any = None,
    *,
    wiring: Wiring | None = None,
    seed: int = 0,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    expected: Mapping[str, str] | None = None,
    time_limit: float = 60.0,
    repair: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Diagnose a file, or live objects: the gradient, its faults, and a patch that was applied, run and measured.

    Args:
        target: the user's file, which is executed in a worker process; or an object of the user's own class, whose
            source is found and which is copied there; or what `gradcheck.subject` made of callables.
        X: samples for such an object, as its methods take them.
        y: their labels.
        wiring: how to drive it; found by watching it where None.
        seed: of every random choice.
        select: prefixes of the codes to report; all where empty.
        ignore: prefixes of the codes to leave out.
        expected: codes of faults that are there on purpose -> why; a comment ``# gradcheck: ignore[GC401]`` on a
            line says the same of that line. They make no network faulty.
        time_limit: seconds that one call of the user's code may take.
        repair: whether to search for edits.
        progress: called with (what, done, total).

    Raises:
        GradcheckError: when the file cannot be found, run, or driven; the message says what to try.

    Example:
        >>> import numpy as np
        >>> from gradcheck import diagnose, subject
        >>> w, x = np.array([1.0, 2.0]), np.array([3.0, -1.0])
        >>> report = diagnose(subject(loss=lambda: (w @ x - 2.0) ** 2, params={"w": w}, grads=[w]))
        >>> [finding.message for finding in report.findings], w
        (['the gradient of w is not that of the loss'], array([1., 2.]))
    """

    def full(target: Target, wiring: Wiring | None, handed: Handed | None = None) -> Report:
        def sandbox(progress: Progress | None) -> Sandbox:
            return Sandbox(target, seed=seed, time_limit=time_limit, progress=progress, preload=BESIDE)

        started = time.monotonic()
        with (
            _sandbox(target, wiring, seed, time_limit, progress) as first,
            Beside(sandbox, progress) as beside,
        ):
            first.begin()
            from gradcheck.diagnosis.course import Course

            course = Course(target, wiring, seed, progress, first, handed, started)
            return course.full(beside, select, ignore, expected or {}, repair=repair)

    if isinstance(target, LiveSubject):
        from gradcheck.diagnosis.numbers import of_callables

        return of_callables(target, full, seed, select, ignore)
    return full(*_taken(target, X, y, wiring))


def check(
    target: str | Path | object,
    X: Any = None,
    y: Any = None,
    *,
    wiring: Wiring | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    time_limit: float = 60.0,
) -> Report:
    """The gradient check alone: the table, without experiments and without repair.

    Args:
        target: as for `diagnose`.
        X: as for `diagnose`.
        y: as for `diagnose`.
        wiring: how to drive it; found by watching it where None.
        seed: of every random choice.
        progress: called with (what, done, total).
        time_limit: seconds that one call of the user's code may take.

    Raises:
        GradcheckError: as for `diagnose`.
    """

    def table(target: Target, wiring: Wiring | None, handed: Handed | None = None) -> Report:
        started = time.monotonic()
        with _sandbox(target, wiring, seed, time_limit, progress) as sandbox:
            sandbox.begin()
            from gradcheck.diagnosis.course import Course

            return Course(target, wiring, seed, progress, sandbox, handed, started).table()

    if isinstance(target, LiveSubject):
        from gradcheck.diagnosis.numbers import of_callables

        return of_callables(target, table, seed)
    return table(*_taken(target, X, y, wiring))


def _taken(
    target: object, X: Any, y: Any, wiring: Wiring | None
) -> tuple[Target, Wiring | None, Handed | None]:
    """The file that was named, or the source of the object that was handed over."""
    if isinstance(target, str | Path):
        if X is not None or y is not None:
            raise UsageError(
                "a file takes no samples: it is run as it stands",
                hint="gradcheck.diagnose(net, X, y) for an object",
            )
        return resolve_target(target), wiring, None
    from gradcheck.subject.live.handing import hand_over

    handed = hand_over(target, X, y)
    return handed.target, wiring and replace(wiring, given=handed.given), handed


def _sandbox(
    target: Target, wiring: Wiring | None, seed: int, time_limit: float, progress: Progress | None
) -> Sandbox:
    preload = (GRADIENT,) if wiring is not None else (DISCOVERY, GRADIENT)
    return Sandbox(target, seed=seed, time_limit=time_limit, progress=progress, preload=preload)
