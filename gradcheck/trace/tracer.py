"""A tracer: an instrumented copy of the program at one point, run as often as one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from gradcheck.errors import GradcheckError
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Live, Program, Values
from gradcheck.subject.truth import Truth
from gradcheck.trace.instrument import ENTER, SEE, instrument
from gradcheck.trace.recorder import Recorder
from gradcheck.trace.sites import SourceMap

T = TypeVar("T")


class EnoughSeenError(BaseException):
    """Raised by a watcher that needs to see no more of a run; not an `Exception`, so that few handlers swallow it."""


PATIENCE = 5.0


@dataclass(slots=True)
class Tracer:
    """An instrumented copy of the program at one point.

    Attributes:
        source: the parsed source.
        truth: the point, and what is true there.
        program: the instrumented program.
        recorder: what the undisturbed gradient run reported.
        gradient: the undisturbed gradient.
    """

    source: SourceMap
    truth: Truth
    program: Program
    recorder: Recorder
    gradient: Values

    @classmethod
    def of(cls, path: str, source: SourceMap, truth: Truth) -> Tracer:
        """Run the gradient once, recording it.

        Raises:
            SubjectError: when the user's code raises.
        """
        recorder = Recorder(keep=False)
        wiring = truth.point.wiring
        hooks = {SEE: recorder.see, ENTER: recorder.enter}
        program = Program(
            path,
            source.source,
            wiring,
            seed=truth.point.seed,
            code=instrument(source, path, wiring.until, alone=wiring.given is not None).code,
            hooks=hooks,
        )
        live = program.start()
        live.set(truth.values)
        recorder.keep = True
        gradient = live.gradient()
        recorder.keep = False
        return cls(source, truth, program, recorder, gradient)

    def gradient_with(self, disturb: Mapping[int, Callable[[Any], Any]]) -> Values | None:
        """The gradient with some sites disturbed; None where that raises."""
        return self.asked(disturb, lambda live: live.gradient())

    def loss_with(self, disturb: Mapping[int, Callable[[Any], Any]]) -> float | None:
        """The loss with some sites disturbed; None where that raises."""
        return self.asked(disturb, lambda live: live.loss())

    def losses_with(self, disturbances: Iterable[Mapping[int, Callable[[Any], Any]]]) -> list[float] | None:
        """The loss with one set of disturbances after another, on one network; None where one of them raises.

        A loss leaves its network as it was, as everything that measures gradients takes for granted.
        """

        def all_of(live: Live) -> list[float]:
            found = []
            for disturb in disturbances:
                self.recorder.disturb = dict(disturb)
                found.append(live.loss())
            return found

        return self.asked({}, all_of)

    def watching(self, watch: Callable[[int, dict[str, Any]], None], ask: Callable[[Live], T]) -> T | None:
        """What `ask` returns, with `watch` told of every statement; None where the user's code or `watch` raises."""
        self.recorder.watch = watch
        try:
            return self.asked({}, ask)
        finally:
            self.recorder.watch = None

    def recording(self, ask: Callable[[Live], object]) -> Recorder:
        """A new recorder's view of one more run, whatever `ask` runs."""
        known = self.recorder.taken()
        self.recorder.give(Recorder())

        def recorded(live: Live) -> object:
            self.recorder.keep = True
            return ask(live)

        try:
            self.asked({}, recorded)
            return self.recorder.taken()
        finally:
            self.recorder.keep = False
            self.recorder.give(known)

    def functions_of_loss(self) -> frozenset[str]:
        """Qualified names of the outermost functions that the loss runs."""
        reached: set[int] = set()
        self.watching(lambda number, _names: reached.add(number), lambda live: live.loss())
        return frozenset(self.source.sites[number].function for number in reached)

    def asked(self, disturb: Mapping[int, Callable[[Any], Any]], ask: Callable[[Live], T]) -> T | None:
        """What `ask` returns with some sites disturbed; None where that raises."""
        try:
            live = self.program.start()
            live.set(self.truth.values)
            self.recorder.disturb = dict(disturb)
            with patience(PATIENCE):
                return ask(live)
        except (GradcheckError, OutOfTimeError, EnoughSeenError):
            return None
        finally:
            self.recorder.disturb = {}
