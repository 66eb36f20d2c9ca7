"""The bench: runs candidates at points and returns the gradient each of them gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gradcheck.errors import GradcheckError
from gradcheck.repair.candidate import Candidate
from gradcheck.repair.swap import CannotSwapError, compile_function, function_span, swapped
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Program, Values
from gradcheck.subject.truth import Truth, same_loss
from gradcheck.trace.sites import SourceMap

PATIENCE = 2.0
# Seconds a candidate may run: a changed loop bound may loop for ever.


@dataclass(slots=True)
class Bench:
    """One source at one point, with candidates swapped in and out.

    Args:
        path: the user's file.
        source: the text that candidates are changes of.
        truth: the point, its loss and its gradient.
        specified: functions that the loss runs too; a change of any other cannot change the loss.
        runs: how many gradients were asked for.
    """

    path: str
    source: SourceMap
    truth: Truth
    specified: frozenset[str] = frozenset()
    runs: int = 0
    _program: Program | None = None

    def run(self, candidate: Candidate | None) -> Values | None:
        """The gradient with a candidate applied; None where it cannot run or changes the loss."""
        self.runs += 1
        try:
            with patience(PATIENCE), self._applied(candidate) as program:
                return self._gradient(program, candidate.function if candidate else "")
        except (GradcheckError, SyntaxError, CannotSwapError, OutOfTimeError, RecursionError):
            return None

    def _gradient(self, program: Program, function: str) -> Values | None:
        if not function or function in self.specified:
            live = program.start()
            live.set(self.truth.values)
            if not same_loss(live.loss(), self.truth.loss):
                return None
        live = program.start()
        live.set(self.truth.values)
        return live.gradient()

    @contextmanager
    def _applied(self, candidate: Candidate | None) -> Iterator[Program]:
        if self._program is None:
            self._program = Program(
                self.path, self.source.source, self.truth.point.wiring, seed=self.truth.point.seed
            )
            self._program.freeze()
        if candidate is None:
            yield self._program
            return
        restore = None
        if candidate.function:
            start, end = function_span(self.source, candidate.function)
            edited = candidate.apply(self.source.source)
            segment = edited[start : end + len(edited) - len(self.source.source)]
            try:
                line = self.source.source.count("\n", 0, start) + 1
                code = compile_function(segment, candidate.function, self.path, line)
                restore = swapped(self._program, candidate.function, code)
            except CannotSwapError:
                restore = None
        if restore is None:
            edited = candidate.apply(self.source.source)
            yield Program(self.path, edited, self.truth.point.wiring, seed=self.truth.point.seed)
            return
        try:
            yield self._program
        finally:
            restore()
