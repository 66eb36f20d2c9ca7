"""Influence: disturb the value of one statement and see which gradients move, and whether the loss does.

A statement whose disturbance moves the loss is part of the specification, not of the gradient, and is left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.repair.bench import OutOfTimeError, patience, same_loss
from gradcheck.subject.program import Program, Values
from gradcheck.subject.truth import Truth
from gradcheck.trace import Recorder, Site, SourceMap, instrument
from gradcheck.trace.instrument import ENTER, SEE

SIZE = 1e-3


@dataclass(slots=True)
class Tracer:
    """An instrumented copy of the program at one point.

    Attributes:
        source: the parsed source.
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
        """Run the gradient once, recording it."""
        recorder = Recorder(keep=False)
        hooks = {SEE: recorder.see, ENTER: recorder.enter}
        wiring = truth.point.wiring
        program = Program(
            path,
            source.source,
            wiring,
            seed=truth.point.seed,
            code=instrument(source, path).code,
            hooks=hooks,
        )
        live = program.start()
        live.set(truth.values)
        recorder.keep = True
        gradient = live.gradient()
        recorder.keep = False
        return cls(source, truth, program, recorder, gradient)

    def gradient_with(self, disturb: Mapping[int, Any]) -> Values | None:
        """The gradient with some sites disturbed; None where that raises."""
        return self._with(disturb, lambda live: live.gradient())

    def loss_with(self, disturb: Mapping[int, Any]) -> float | None:
        """The loss with some sites disturbed; None where that raises."""
        return self._with(disturb, lambda live: live.loss())

    def functions_of_loss(self) -> frozenset[str]:
        """Qualified names of the outermost functions that the loss runs."""
        reached: set[int] = set()
        self.recorder.watch = lambda number, _names: reached.add(number)
        self.loss_with({})
        self.recorder.watch = None
        return frozenset(self.source.sites[number].function for number in reached)

    def _with(self, disturb: Mapping[int, Any], ask: Any) -> Any:
        live = self.program.start()
        live.set(self.truth.values)
        self.recorder.disturb = dict(disturb)
        try:
            with patience(5.0):
                return ask(live)
        except (GradcheckError, OutOfTimeError):
            return None
        finally:
            self.recorder.disturb = {}


@dataclass(frozen=True, slots=True)
class Influence:
    """What passes through the statements that the gradient run reached.

    Attributes:
        of: statement number -> the parameters whose gradient it moves.
        specification: numbers of the statements that the loss depends on.
        specified: qualified names of the functions that the loss runs.
    """

    of: dict[int, frozenset[str]]
    specification: frozenset[int]
    specified: frozenset[str]


def influences(tracer: Tracer) -> Influence:
    """Disturb every statement that was reached, one at a time."""
    of: dict[int, frozenset[str]] = {}
    specification: set[int] = set()
    for number in tracer.recorder.reached:
        site = tracer.source.sites[number]
        values = value_sites(tracer.source, site)
        if not values:
            continue
        disturb = {value.number: disturbed for value in values if value.number in tracer.recorder.seen}
        if not disturb:
            continue
        loss = tracer.loss_with(disturb)
        if loss is None or not same_loss(loss, tracer.truth.loss):
            specification.add(number)
        of[number] = moved(tracer.gradient, tracer.gradient_with(disturb))
    return Influence(of, frozenset(specification), tracer.functions_of_loss())


def value_sites(source: SourceMap, statement: Site) -> list[Site]:
    """The expressions whose values a statement passes on: what it assigns, returns, or hands to a call."""
    node = statement.node
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return) and node.value is not None:
        elements = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        return [source.site_of(element) for element in elements]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return [
            source.site_of(argument) for argument in node.value.args if not isinstance(argument, ast.Starred)
        ]
    return []


def moved(before: Values, after: Values | None) -> frozenset[str]:
    """Names of the gradients that differ; all of them where the disturbed run failed."""
    if after is None:
        return frozenset(before)
    return frozenset(name for name in before if not np.array_equal(before[name], after[name], equal_nan=True))


def disturbed(value: Any) -> Any:
    """`value` with every floating number in it changed a little, by amounts that do not cancel."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        ramp = np.linspace(1.0, 2.0, value.size or 1)[: value.size].reshape(value.shape)
        return value * (1.0 + SIZE * ramp) + SIZE * 1e-3 * ramp
    if isinstance(value, float | np.floating):
        return value * (1.0 + SIZE) + SIZE * 1e-3
    if isinstance(value, tuple):
        return type(value)(disturbed(item) for item in value) if type(value) is tuple else value
    if isinstance(value, list):
        return [disturbed(item) for item in value]
    if isinstance(value, dict):
        return {key: disturbed(item) for key, item in value.items()}
    return value


def scaled(value: Any, factor: float) -> Any:
    """`value` times a factor, where it is a number or an array of numbers."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fciu":
        return value * factor
    if isinstance(value, float | int | np.number) and not isinstance(value, bool):
        return value * factor
    return value


def names_of(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    """The union of some sets of parameter names."""
    return frozenset().union(*sets)
