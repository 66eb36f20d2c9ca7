"""Watch what the loss clips: where a probability is replaced by a floor, the loss no longer follows the outputs."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.births import birth_lines
from gradcheck.experiments.inlets import inlet_lines
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.starts import Ordinary, out_of_ordinary
from gradcheck.experiments.trained import trained_as_is
from gradcheck.findings import Observation
from gradcheck.subject.program import Live, Values
from gradcheck.trace import Recorder, Site, SourceMap

SMALL = 1e-3
# What is added to a probability lest its logarithm be infinite; more would be a smoothing, and meant.
STEP = 1e-5
# Along the gradient, in units of the parameters.
WRONG = 1e-3
# A slope this share away from that of the loss is no rounding.


def clamp_audit(lab: Lab) -> Observation:
    """Facts: `clamped`, a list of {line, text, of, floor, least, entries, clipped, cause}: clips that bite; `later`.

    `clipped` of `entries` probabilities `of`, or their logarithms, lie beyond `floor`, the least at `least`, when the
    loss is evaluated where the code starts; or are so small that a `floor` added to all of them outweighs them, or
    explains how much the gradient is off by. A gradient that agrees with its
    loss, clips and all, is what its author meant: nothing is listed. `cause` is what is out of the ordinary about the
    start, "large" weights or "inputs" on a raw scale, where nothing is clipped without it, with its `figure`,
    `parameters` and `lines`; else empty. `later` are those that bite only where training ends, and make the gradient
    wrong there, with `off`, how far the slope along it is from that of the loss.
    """
    if not lab.wrong:
        return Observation("clamp_audit", {"clamped": [], "later": _later(lab)})
    off = max(lab.comparisons[name].relative_error for name in lab.wrong)
    clamped = _clamped(lab, off, lambda _live: None)
    cause = _cause(lab, off) if clamped else None
    place: dict[str, Any] = {"cause": ""}
    if cause is not None:
        lines = birth_lines(lab, cause.parameters) if cause.parameters else inlet_lines(lab)
        place = {"cause": cause.kind, "figure": cause.figure, "parameters": cause.parameters, "lines": lines}
    return Observation("clamp_audit", {"clamped": [{**fact, **place} for fact in clamped], "later": []})


def _later(lab: Lab) -> list[dict[str, Any]]:
    """What is clipped where training ends, if the gradient is wrong there; guards against a logarithm of 0 are not."""
    trained = lab.once(trained_as_is)
    if trained is None or not trained.after < trained.before:
        return []
    ends = trained.parameters
    off = _off(lab, ends)
    found = _clamped(lab, off, lambda live: live.set(ends)) if off > WRONG else []
    return [{**fact, "off": off} for fact in found if SMALL < fact["floor"] < 1.0 - SMALL]


def _off(lab: Lab, values: Values) -> float:
    """How far the slope along the code's gradient is from that of its loss, as a share of the larger of them."""
    live = lab.program.start()
    live.set(values)
    gradient = live.gradient()
    length = float(np.sqrt(sum(np.sum(np.square(g)) for g in gradient.values())))
    losses = []
    for step in (STEP, -STEP) if 0.0 < length < np.inf else ():
        live = lab.program.start()
        live.set({name: value + step / length * gradient[name] for name, value in values.items()})
        losses.append(live.loss())
    slope = (losses[0] - losses[1]) / (2.0 * STEP) if losses else length
    return abs(slope - length) / max(abs(slope), length, np.finfo(float).tiny)


def _clamped(lab: Lab, off: float, change: Callable[[Live], None]) -> list[dict[str, Any]]:
    """What is clipped when the loss is evaluated, with a change of the start, and a gradient that is so far off."""

    def ask(live: Live) -> float:
        change(live)
        return live.loss()

    source = lab.tracer.source
    recorder = lab.tracer.recording(ask)
    facts = [_fact(source, recorder, source.sites[number], off) for number in recorder.seen]
    return [fact for fact in facts if fact is not None]


def _cause(lab: Lab, off: float) -> Ordinary | None:
    """What is out of the ordinary about the start, where nothing is clipped without it."""
    kinds = [ordinary for ordinary in out_of_ordinary(lab) if ordinary.kind in {"large", "inputs"}]
    return next((ordinary for ordinary in kinds if not _clamped(lab, off, ordinary.apply)), None)


def _fact(source: SourceMap, recorder: Recorder, site: Site, off: float) -> dict[str, Any] | None:
    """What an expression does to an array of probabilities, or of their logarithms, where it keeps some in bounds."""
    after = recorder.seen[site.number].values[0]
    for operand in _operands(site.node):
        record = recorder.seen.get(source.site_of(operand).number)
        before = record.values[0] if record is not None else None
        if not _are_chances(before) or not isinstance(after, np.ndarray) or before.shape != after.shape:
            continue
        bound, clipped = (
            _added(before, after, off) if isinstance(site.node, ast.BinOp) else _clipped(before, after)
        )
        if np.any(clipped):
            return {
                "line": site.line,
                "text": source.text(site),
                "of": source.text(source.site_of(operand)),
                "floor": bound,
                "least": float(before[clipped].min()),
                "entries": int(before.size),
                "clipped": int(np.count_nonzero(clipped)),
            }
    return None


def _are_chances(value: object) -> TypeGuard[NDArray[np.float64]]:
    """Whether a value is an array of numbers from 0 to 1, or of logarithms of such."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or not value.size:
        return False
    between = bool(np.any((value > 0.0) & (value < 1.0)))  # which labels are not
    within = between and bool(value.min() >= 0.0 and value.max() <= 1.0)
    return within or bool(value.max() <= 0.0 and value.min() < 0.0)


def _clipped(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float, NDArray[np.bool_]]:
    """The floor that some entries were raised to, or the ceiling that they were lowered to, and which they are."""
    for moved in (before < after, before > after):
        bounds = np.unique(after[moved])
        if len(bounds) == 1 and (len(np.unique(before[moved])) > 1 or np.any(before == after)):
            return float(bounds[0]), moved
    return 0.0, np.zeros(before.shape, dtype=bool)


def _added(
    before: NDArray[np.float64], after: NDArray[np.float64], off: float
) -> tuple[float, NDArray[np.bool_]]:
    """The small number that was added to all entries, and those of which it is a larger share than `off`.

    The slope of log(p + e) is that of log(p) times p / (p + e).
    """
    more = float(after.max() - before.max())
    near = 0.0 < more < SMALL and np.allclose(after - before, more, rtol=1e-3, atol=1e-15)
    return more, (before * off < more) & near


def _operands(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [node.left, node.right]
    if not isinstance(node, ast.Call):
        return []
    owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    return [*node.args, *owner]
