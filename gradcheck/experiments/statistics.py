"""Switch a normalisation to training: what it divides by must be the batch's own, not the averages that it keeps."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.running import averages_read
from gradcheck.experiments.switches import Switched, switched
from gradcheck.findings import Observation
from gradcheck.subject.program import Live

SAMPLES = 8
MOVED = 1e-6
# Relative change of the outputs that says that they depend on what was changed.

Array = NDArray[np.float64]


def statistics_audit(lab: Lab) -> Observation:
    """Facts: two lists of what trains on running averages. `running`: {function, line, flag, training, kept, change}.

    Such a layer moves an array of its own, `kept`, towards the mean of the batch when its `flag` is `training`, and
    its outputs then change (by `change`, as a share of the largest) when that array is changed beforehand.
    `averaged`: where no layer with a flag does so, a loss or a gradient that does; see `averages_read`.
    """
    live = lab.program.start()
    ways = list(switched(lab, live))
    found = {}
    for number, way in enumerate(ways):
        for training in (True, False):
            for batch in _batches(way):
                kept = _kept(way, batch, training=training)
                change = max((_change(way, batch, name, training=training) for name in kept), default=0.0)
                if change > MOVED and way.label not in found:
                    line = _line(lab, number, batch, kept, training=training)
                    fact = {"function": way.label, "line": line, "flag": way.flag, "training": training}
                    found[way.label] = {**fact, "kept": kept, "change": change}
    facts = {"running": list(found.values()), "averaged": [] if found else averages_read(lab)}
    return Observation("statistics_audit", facts)


def _batches(way: Switched) -> Iterator[Array]:
    """Batches as wide as an array that the layer keeps, samples as rows and as columns."""
    rng = np.random.default_rng(0)
    widths = {value.size for value in _vectors(way.owner).values()}
    for width in sorted(widths):
        batch = 2.0 + 3.0 * rng.standard_normal((SAMPLES + width % 2, width))
        yield batch
        yield batch.T


def _vectors(owner: object) -> dict[str, Array]:
    """The arrays of floats that an object keeps, one number a unit."""
    held = vars(owner) if hasattr(owner, "__dict__") else {}
    return {
        name: value
        for name, value in held.items()
        if isinstance(value, np.ndarray)
        and value.dtype.kind == "f"
        and value.size == max(value.shape, default=0)
    }


def _kept(way: Switched, batch: Array, *, training: bool) -> list[str]:
    """The arrays that a call moves towards the mean or the variance of the batch."""
    if way.owner is None:
        return []
    state = copy.deepcopy(vars(way.owner))
    before = {name: value.copy() for name, value in _vectors(way.owner).items()}
    result = way.call(batch, training)
    after = _vectors(way.owner)
    vars(way.owner).update(state)
    if result is None or result.shape != batch.shape:
        return []
    goals = [statistic(axis=axis) for axis in (0, 1) for statistic in (batch.mean, batch.var)]
    return [
        name
        for name, value in before.items()
        if name in after
        and after[name].shape == value.shape
        and any(_towards(value.ravel(), after[name].ravel(), goal) for goal in goals)
    ]


def _towards(before: Array, after: Array, goal: Array) -> bool:
    """Whether an array went one share of the way to a goal in all its entries, and not all of it."""
    if goal.shape != before.shape or np.any(goal == before):
        return False
    share = (after - before) / (goal - before)
    return bool(np.ptp(share) < MOVED < share[0] < 1.0 - MOVED)


def _change(way: Switched, batch: Array, name: str, *, training: bool) -> float:
    """How much the outputs change with one of the arrays that the layer keeps, relative to the largest."""
    state = copy.deepcopy(vars(way.owner))
    plain = way.call(batch, training)
    vars(way.owner).update(copy.deepcopy(state))
    held = vars(way.owner)[name]
    vars(way.owner)[name] = held + 0.5 * (1.0 + np.abs(held))
    moved = way.call(batch, training)
    vars(way.owner).update(state)
    if plain is None or moved is None:
        return 0.0
    largest = float(np.max(np.abs(plain), initial=0.0))
    return float(np.max(np.abs(moved - plain))) / largest if largest > 0.0 else 0.0


def _line(lab: Lab, number: int, batch: Array, kept: list[str], *, training: bool) -> int:
    """The line that takes the averages in training: the last statement reached that reads them and sets none."""

    def ask(live: Live) -> object:
        return list(switched(lab, live))[number].call(batch, training)

    source = lab.tracer.source
    recorder = lab.tracer.recording(ask)
    lines = [
        source.sites[n].line
        for n in recorder.reached
        if _attributes(source.sites[n].node, ast.Load) & set(kept)
        and not _attributes(source.sites[n].node, ast.Store) & set(kept)
        and not isinstance(source.sites[n].node, ast.If)
    ]
    return lines[0] if lines else 0


def _attributes(statement: ast.AST, context: type[ast.expr_context]) -> set[str]:
    nodes = (node for node in ast.walk(statement) if isinstance(node, ast.Attribute))
    return {node.attr for node in nodes if isinstance(node.ctx, context)}
