"""Evaluate twice without putting the random numbers back: a loss that draws gives two values at one point."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.varying import Array
from gradcheck.findings import Observation
from gradcheck.subject.program import Live
from gradcheck.trace import Sighting


def chance_audit(lab: Lab) -> Observation:
    """Facts: `random`, at most one of {line, text, function, first, second, outputs, mask}.

    `first` and `second` are the losses of two calls in a row, at one point; they are equal where the generators are
    put back in between, so it is nothing but chance. `line` draws the first array that differs, `text`; `mask` is
    whether a dropout mask is made of it there, and `outputs` whether the outputs differ as well.
    """
    pair = _pair(lab.program.start(), lab.wiring.loss)
    live = lab.program.start()
    if pair is None or _same(*pair) or live.loss() != live.loss():
        return Observation("chance_audit", {"random": []})
    outputs = _pair(lab.program.start(), lab.wiring.outputs) if lab.wiring.outputs else None
    drawn = _drawn(lab)
    if drawn["function"] in _samplers(lab.wiring.loss):
        return Observation("chance_audit", {"random": []})
    facts = {
        **drawn,
        "first": float(pair[0].reshape(-1)[0]),
        "second": float(pair[1].reshape(-1)[0]),
        "outputs": outputs is not None and not _same(*outputs),
    }
    return Observation("chance_audit", {"random": [facts]})


def _pair(live: Live, expression: str) -> tuple[Array, Array] | None:
    """What an expression gives twice in a row, with the random numbers going on."""
    try:
        one, other = live.evaluate(f"(({expression}), ({expression}))")
        return np.array(one, dtype=float), np.array(other, dtype=float)
    except (GradcheckError, TypeError, ValueError):
        return None


def _same(one: Array, other: Array) -> bool:
    return np.array_equal(one, other, equal_nan=True)


def _samplers(loss: str) -> set[str]:
    """The functions that a loss calls for its samples, which it names or hands on whole: they draw as training does."""
    nodes = list(ast.walk(ast.parse(loss, mode="eval")))
    calls = [node.value for node in nodes if isinstance(node, ast.NamedExpr | ast.Starred)]
    return {getattr(c.func, "attr", getattr(c.func, "id", "")) for c in calls if isinstance(c, ast.Call)}


def _drawn(lab: Lab) -> dict[str, Any]:
    """The first expression whose two values differ between the two calls, and not with the generators put back.

    What differs all the same is state, such as running averages.
    """
    loss = lab.wiring.loss
    seen = lab.tracer.recording(lambda live: live.evaluate(f"(({loss}), ({loss}))")).seen
    again = lab.tracer.recording(lambda live: (live.loss(), live.loss())).seen
    state = {number for number, record in again.items() if _differs(record)}
    source = lab.tracer.source
    drawn = [
        source.sites[number] for number, record in seen.items() if _differs(record) and number not in state
    ]
    if not drawn:
        return {"line": 0, "text": "the loss", "mask": False, "function": ""}
    first = drawn[0]
    values = [seen[site.number].values[0] for site in drawn if site.statement == first.statement]
    mask = any(len(np.unique(value)) == 2 for value in values)
    function = first.function.rpartition(".")[2]
    return {"line": first.line, "text": source.text(first), "mask": mask, "function": function}


def _differs(record: Sighting) -> bool:
    """Whether an expression gave one array in the first call and another in the second."""
    if record.count != len(record.values):
        return False
    one, other = record.values[0], record.values[len(record.values) // 2]
    both = isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
    return both and not np.array_equal(one, other)
