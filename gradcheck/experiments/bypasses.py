"""Change one parameter where all are ordinary: one that no output follows is not wired into the forward pass."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.varying import Array, floats_of, is_matrix, move_inputs, ordinary
from gradcheck.findings import Observation
from gradcheck.subject.program import Live, Values
from gradcheck.trace import Site, SourceMap

POINTS = 3
# Ordinary points at which the outputs must be the same, bit for bit: a unit that is off at one is on at another.


def bypass_audit(lab: Lab) -> Observation:
    """Facts: `bypassed`, at most one of {parameters, line, lines, text, instead}.

    The parameters, a weight matrix among them, have a wrong gradient and do not move the outputs wherever the others
    are. `line` is the statement behind the last one that they do move; it reads `text`, where `instead` is what the
    idle layer made in the shape of that; both are empty where no such place is found.
    """
    idle = [name for name in lab.truth.values if name in lab.wrong and _idle(lab, name)]
    if not any(is_matrix(lab.truth.values[name]) for name in idle) or len(idle) == len(lab.truth.values):
        return Observation("bypass_audit", {"bypassed": []})
    place = _place(lab, idle)
    return Observation("bypass_audit", {"bypassed": [{"parameters": idle, **place}]})


def _idle(lab: Lab, name: str) -> bool:
    """Whether the outputs are the same with another value of a parameter, at ordinary points."""
    for number in range(POINTS):
        one, other = (_outputs(lab, _point(lab, number, moved)) for moved in ("", name))
        if one is None or other is None or not np.array_equal(one, other):
            return False
    return True


def _point(lab: Lab, number: int, moved: str) -> Values:
    values = ordinary(lab.truth.values, np.random.default_rng([lab.seed, number, 0xB1]))
    if moved:
        rng = np.random.default_rng([lab.seed, number, 0xB2])
        values[moved] = values[moved] + rng.standard_normal(values[moved].shape)
    return values


def _outputs(lab: Lab, values: Values) -> Array | None:
    live = lab.program.start()
    live.set(values)
    return floats_of(live, lab.wiring.outputs)


def _place(lab: Lab, idle: list[str]) -> dict[str, Any]:
    """The statement that passes a layer by, with what it reads and what it should have read."""
    seen, reached = _recorded(lab, lambda _live: None)
    with_idle, _ = _recorded(lab, lambda live: live.set({n: v for n, v in _moved(lab).items() if n in idle}))
    with_others, _ = _recorded(
        lab, lambda live: live.set({n: v for n, v in _moved(lab).items() if n not in idle})
    )
    with_inputs, _ = _recorded(
        lab, lambda live: move_inputs(live, lab.wiring.inputs, np.random.default_rng(lab.seed))
    )
    source = lab.tracer.source
    fed = {n for n in seen if _differ(seen, with_inputs, n)}
    own = [n for n in seen if n in fed and _differ(seen, with_idle, n) and _assigned(source, n)]
    if not own:
        return {"line": 0, "lines": [], "text": "", "instead": ""}
    last = source.statement_of(source.sites[own[-1]])
    behind = reached[reached.index(last.number) + 1 :]
    others = {n for n in fed if _differ(seen, with_others, n)}
    statement = next((n for n in behind if others & set(_within(lab, n, seen))), last.number)
    made = seen[own[-1]]
    reads = [
        source.sites[n]
        for n in _within(lab, statement, seen)
        if seen[n].shape == made.shape
        and isinstance(source.sites[n].node, ast.Name | ast.Attribute | ast.Subscript)
    ]
    line = source.sites[statement].line
    return {
        "line": line,
        "lines": [line],
        "text": source.text(reads[0]) if reads and statement != last.number else "",
        "instead": _target(source, last),
    }


def _moved(lab: Lab) -> Values:
    rng = np.random.default_rng([lab.seed, 0xB3])
    return {name: value + rng.standard_normal(value.shape) for name, value in lab.truth.values.items()}


def _recorded(lab: Lab, change: Any) -> tuple[dict[int, NDArray[Any]], list[int]]:
    """The first array that each expression of the loss gives after a change, and the statements in their order."""

    def ask(live: Live) -> object:
        change(live)
        return live.loss()

    recorder = lab.tracer.recording(ask)
    arrays = {n: record.values[0] for n, record in recorder.seen.items()}
    return {n: v for n, v in arrays.items() if isinstance(v, np.ndarray) and v.ndim > 0}, recorder.reached


def _differ(one: dict[int, NDArray[Any]], other: dict[int, NDArray[Any]], number: int) -> bool:
    return number in other and not np.array_equal(one[number], other[number])


def _within(lab: Lab, statement: int, seen: dict[int, NDArray[Any]]) -> list[int]:
    return [n for n in seen if lab.tracer.source.sites[n].statement == statement]


def _assigned(source: SourceMap, number: int) -> bool:
    """Whether an expression belongs to an assignment, rather than to a return that hands things on."""
    return isinstance(source.statement_of(source.sites[number]).node, ast.Assign)


def _target(source: SourceMap, statement: Site) -> str:
    """What a plain assignment assigns to; empty for any other statement."""
    node = statement.node
    single = isinstance(node, ast.Assign) and len(node.targets) == 1
    return source.text(source.site_of(node.targets[0])) if single and isinstance(node, ast.Assign) else ""
