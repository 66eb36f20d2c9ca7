"""The proving ground: the points at which a gradient has to be right before anybody calls it right."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.numerics import NumericalGradient
from gradcheck.subject.points import Point, varied_wirings
from gradcheck.subject.program import Live, Program
from gradcheck.subject.truth import Truth, measure
from gradcheck.subject.wiring import Wiring

MOST = {"widths": 3, "batch": 2, "data": 3}
# How many points of each kind: other parameter shapes, other numbers of samples, other labels or inputs.
MOST_ROWS = 3
FRESH = 1000
# Noise seeds from here on belong to verification; no search uses them.


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """What distinguishes a variation.

    Attributes:
        widths: the shapes of the parameters.
        batch: the shapes of the data that both loss and gradient are given, by name.
        loss: the loss at the start.
    """

    widths: tuple[tuple[int, ...], ...]
    batch: dict[str, tuple[int, ...]]
    loss: float

    def kind(self, base: Signature) -> str:
        """What is different from the unvaried program; empty where nothing is, or where the data no longer match."""
        if self._equal_lengths() != base._equal_lengths() or not np.isfinite(self.loss):
            return ""
        if self.widths != base.widths:
            return "widths"
        if self.batch != base.batch:
            return "batch"
        return "data" if self.loss != base.loss else ""

    def _equal_lengths(self) -> list[bool]:
        """Which pairs of arrays have as many samples as each other."""
        shapes = list(self.batch.values())
        return [one[:1] == other[:1] for i, one in enumerate(shapes) for other in shapes[i + 1 :]]


def proving_points(path: str, source: str, wiring: Wiring, *, seed: int) -> Iterator[tuple[Program, Point]]:
    """Programs and points with other data, other sizes, other parameters; each runs its loss."""
    base = Program(path, source, wiring, seed=seed)
    live = base.start()
    unvaried = _signature(live, wiring)
    known, counts = [unvaried], dict.fromkeys(MOST, 0)
    other_labels = ""
    for label, change in varied_wirings(wiring, data_names(live)):
        varied = (
            replace(change, setup=change.setup + other_labels) if other_labels not in change.setup else change
        )
        try:
            own_seed = seed + len(known)  # so that not every point draws the same sample
            program = Program(path, source, varied, seed=own_seed)
            signature = _signature(program.start(), varied)
        except GradcheckError:
            continue
        kind = signature.kind(unvaried)
        if not kind or counts[kind] == MOST[kind] or any(not signature.kind(other) for other in known):
            continue
        counts[kind] += 1
        known.append(signature)
        if kind == "data" and not other_labels and varied.setup.startswith(wiring.setup):
            other_labels = varied.setup[len(wiring.setup) :]
        yield program, Point(varied, noise=len(known), seed=own_seed, label=label)
        if counts == MOST:
            break
    # Small weights may leave every hinge open: what is right only there is not right.
    yield base, Point(wiring, noise=1, far=True, seed=seed, label="other parameters")


def fresh_points(path: str, source: str, wiring: Wiring, *, seed: int) -> Iterator[tuple[Program, Point]]:
    """Other parameters and other data than any of `proving_points`, at the sizes that the wiring gives."""
    base = Program(path, source, wiring, seed=seed)
    for noise in range(FRESH, FRESH + 3):
        yield base, Point(wiring, noise=noise, seed=seed, label="fresh parameters")
    for label, varied in varied_wirings(wiring, data_names(base.start())):
        try:
            program = Program(path, source, varied, seed=seed)
            kind = _signature(program.start(), varied).kind(_signature(base.start(), wiring))
        except GradcheckError:
            continue
        if kind == "widths":
            yield program, Point(varied, noise=FRESH + 3, seed=seed, label=label)
            return


def proving_truths(path: str, source: str, wiring: Wiring, *, seed: int) -> list[Truth]:
    """The measured gradients at those points; points where they cannot be measured are left out."""
    truths: list[Truth] = []
    base = _batch(Program(path, source, wiring, seed=seed).start(), wiring)
    single = bool(base) and all(len(value) == 1 for value in base.values())
    for program, point in proving_points(path, source, wiring, seed=seed):
        try:
            truth = measure(program, point, seed=seed, full=120, sample=16)
            truths.append(replace(truth, rows=_rows_of(program, point, seed=seed, single=single)))
        except GradcheckError:
            continue
    return truths


def data_names(live: Live) -> dict[str, Any]:
    """What the setup left in scope, without names for the parameters themselves: those are varied by value."""
    own = {id(live.object(name)) for name in live.program.wiring.params}
    return {name: value for name, value in live.scope.items() if id(value) not in own}


def _draws(program: Program) -> bool:
    live = program.start()
    try:
        live.gradient()
    except GradcheckError:
        return False
    return live.randomness.moved()


def _rows_of(program: Program, point: Point, *, seed: int, single: bool) -> tuple[NumericalGradient, ...]:
    """The gradient of each single sample, where the code may have drawn one of several.

    It may have where the gradient run draws random numbers, and where the wiring itself hands over one sample only.
    """
    if not single and not _draws(program):
        return ()
    names = _batch_names(program.start(), point.wiring)
    found = []
    for row in range(min(len(program.start().scope[names[0]]), MOST_ROWS) if names else 0):
        cut = "; ".join(f"{name} = {name}[{row}:{row + 1}]" for name in names)
        wiring = replace(point.wiring, setup=f"{point.wiring.setup}\n{cut}")
        alone = Program(program.path, program.source, wiring, seed=program.seed)
        try:
            found.append(
                measure(alone, replace(point, wiring=wiring), seed=seed, full=120, sample=16).numerical
            )
        except GradcheckError:
            return ()
    return tuple(found)


def _batch_names(live: Live, wiring: Wiring) -> list[str]:
    """Names of the arrays, equally long and more than one long, that both loss and gradient are given."""
    arrays = _batch(live, wiring)
    lengths = {len(value) for value in arrays.values()}
    return list(arrays) if len(lengths) == 1 and lengths.pop() > 1 else []


def _batch(live: Live, wiring: Wiring) -> dict[str, NDArray[Any]]:
    """The arrays in scope that appear in both the loss and the gradient of a wiring."""
    loss, run = (_names(text) for text in (wiring.loss, wiring.run))
    found = {name: live.scope.get(name) for name in sorted(loss & run)}
    return {name: value for name, value in found.items() if isinstance(value, np.ndarray) and value.ndim}


def _names(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def _signature(live: Live, wiring: Wiring) -> Signature:
    batch = {name: value.shape for name, value in _batch(live, wiring).items()}
    widths = tuple(value.shape for value in live.parameters().values())
    return Signature(widths, batch, live.loss())
