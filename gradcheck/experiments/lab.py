"""The lab: one subject set up in the worker, its gradient measured, ready for experiments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError, WiringError
from gradcheck.numerics import Comparison, NumericalGradient, Verdict, compare
from gradcheck.subject.points import Point
from gradcheck.subject.program import Live, Program, Values
from gradcheck.subject.proving import proving_truths
from gradcheck.subject.truth import Truth, fit_shape, measure
from gradcheck.subject.wiring import Wiring
from gradcheck.trace import Influence, SourceMap, Tracer, influences

T = TypeVar("T")

BESIDE = 0
# Noise seed of the point beside the start; the proving ground's are larger.
FEW, SOME = 120, 16
# Entries for a first look there: all of so few, so many of each parameter else.


@dataclass(frozen=True)
class Lab:
    """One subject at its own starting point.

    Attributes:
        path: the user's file.
        source: its text.
        wiring: how it is driven.
        seed: of everything random.
    """

    path: str
    source: str
    wiring: Wiring
    seed: int = 0
    _known: dict[Callable[[Lab], Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, experiment: Callable[[Lab], T]) -> T:
        """What an experiment finds here, run when it is first asked for: judges and recipes ask for the same ones."""
        if experiment not in self._known:
            self._known[experiment] = experiment(self)
        found: T = self._known[experiment]
        return found

    @cached_property
    def program(self) -> Program:
        """The file, loaded."""
        program = Program(self.path, self.source, self.wiring, seed=self.seed)
        program.freeze()
        return program

    @cached_property
    def truth(self) -> Truth:
        """The measured gradient of the loss where the code starts; beside that where only there something is wrong."""
        start = measure(self.program, Point(self.wiring, seed=self.seed), seed=self.seed)
        hidden = any(value.size > 1 and not np.any(value) for value in start.values.values())
        if not hidden or _fails(self.program, start):
            return start
        return self._beside() or start

    def _beside(self) -> Truth | None:
        """The measured gradient near a start of zeros, where the code's is wrong: zeros hide what they multiply."""
        point = Point(self.wiring, noise=BESIDE, seed=self.seed, label="beside the start")
        try:
            if _fails(self.program, measure(self.program, point, seed=self.seed, full=FEW, sample=SOME)):
                return measure(self.program, point, seed=self.seed)
        except GradcheckError:
            pass  # it can be measured where it starts, and that is where it is checked
        return None

    def at_truth(self, program: Program) -> Live:
        """A program started, and its parameters where the truth was measured."""
        point = self.truth.point  # measured first: that starts the program, too
        live = program.start()
        point.place(live)
        return live

    @cached_property
    def gradient(self) -> Values:
        """The gradient that the code uses where the truth was measured."""
        return self.at_truth(self.program).gradient()

    @cached_property
    def comparisons(self) -> dict[str, Comparison]:
        """The gradient check, parameter by parameter, in the order of the wiring."""
        return check_gradients(self.gradient, self.truth.numerical, self.truth.values)

    @cached_property
    def wrong(self) -> frozenset[str]:
        """The parameters that fail the check."""
        return frozenset(name for name, found in self.comparisons.items() if found.verdict is Verdict.FAIL)

    @cached_property
    def proving(self) -> list[Truth]:
        """The measured gradient at points of other sizes, other data, other parameters."""
        return proving_truths(self.path, self.source, self.wiring, seed=self.seed)

    @cached_property
    def tracer(self) -> Tracer:
        """The instrumented program."""
        return Tracer.of(self.path, SourceMap(self.source), self.truth)

    @cached_property
    def influence(self) -> Influence:
        """Which gradients pass through which statement."""
        return influences(self.tracer)

    def variant(self, wiring: Wiring) -> Program:
        """The same file under another wiring."""
        return Program(self.path, self.source, wiring, seed=self.seed)

    def with_setup(self, more: str) -> Program:
        """The same program with more statements at the end of its setup."""
        return self.variant(replace(self.wiring, setup=f"{self.wiring.setup}\n{more}"))


@lru_cache(maxsize=8)
def _lab(path: str, source: str, key: str, seed: int) -> Lab:
    return Lab(path, source, _WIRINGS[key], seed)


_WIRINGS: dict[str, Wiring] = {}


def open_lab(path: str, source: str, wiring: Wiring, seed: int) -> Lab:
    """The lab for a subject, kept between the tasks of one worker so that nothing is measured twice."""
    key = repr(wiring)
    _WIRINGS[key] = wiring
    return _lab(path, source, key, seed)


def check_gradients(
    gradient: Values, numerical: NumericalGradient, values: Mapping[str, NDArray[np.float64]]
) -> dict[str, Comparison]:
    """Compare a gradient with the measured one.

    A gradient with axes more than its parameter was not summed over them, which is a fault of the code and fails the
    check with both shapes as reason.

    Raises:
        WiringError: when a gradient has any other shape, so that it cannot be that parameter's.
    """
    for name, array in gradient.items():
        shape = values[name].shape
        if fit_shape(array, shape) is None and not _unsummed(array.shape, shape):
            raise WiringError(
                f"{name}: the gradient has shape {array.shape}, the parameter {shape}",
                hint=f"let the expression for the gradient of {name} give one number for each number of {name}",
            )
    fitted = {name: fit_shape(array, values[name].shape) for name, array in gradient.items()}
    usable = {
        name: np.zeros(values[name].shape) if array is None else array for name, array in fitted.items()
    }
    found = compare(usable, numerical)
    for name in (name for name, array in fitted.items() if array is None):
        measured = numerical.values[name]
        found[name] = Comparison(
            name=name,
            shape=values[name].shape,
            analytic_norm=float(np.linalg.norm(gradient[name])),
            numerical_norm=float(np.linalg.norm(measured[np.isfinite(measured)])),
            cosine=float("nan"),
            relative_error=1.0,
            error_bar=0.0,
            verdict=Verdict.FAIL,
            reason=f"the gradient has shape {gradient[name].shape}, the parameter {values[name].shape}",
        )
    return {name: found[name] for name in values if name in found}


def _fails(program: Program, truth: Truth) -> bool:
    """Whether the code's gradient is wrong at a point."""
    live = program.start()
    truth.point.place(live)
    found = check_gradients(live.gradient(), truth.numerical, truth.values)
    return any(comparison.verdict is Verdict.FAIL for comparison in found.values())


def _unsummed(gradient: tuple[int, ...], parameter: tuple[int, ...]) -> bool:
    """Whether a gradient has the axes of its parameter, in order, and more."""
    axes = iter([n for n in gradient if n != 1])
    return len(gradient) >= len(parameter) and all(n in axes for n in parameter if n != 1)
