"""Watch the shapes: an array reshaped to the shape of its transpose holds other numbers than its transpose does."""

from __future__ import annotations

import ast
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.trace import Recorder, Site, SourceMap, recorded_from_start


def reshape_audit(lab: Lab) -> Observation:
    """Facts: `mixed`, a list of {line, text, of, shape, order, columns}, seen on the way to the loss.

    `text` reshapes the array `of` a `shape` whose axes in another `order` have the lengths that come out. Of the
    numbers of its first row, or of whatever lies along the first axis, some land at `columns` other places of that
    axis.
    """
    source = lab.tracer.source
    recorder = recorded_from_start(lab.path, source, lab.wiring, lab.seed, lambda live: live.loss())
    facts = [_fact(source, recorder, source.sites[number]) for number in recorder.seen]
    return Observation("reshape_audit", {"mixed": [fact for fact in facts if fact is not None]})


def _fact(source: SourceMap, recorder: Recorder, site: Site) -> dict[str, Any] | None:
    operand = _reshaped(site.node)
    record = None if operand is None else recorder.seen.get(source.site_of(operand).number)
    if operand is None or record is None:
        return None
    before, after = record.values[0], recorder.seen[site.number].values[0]
    order = _order(before, after)
    if not order or np.array_equal(np.transpose(before, order), after):
        return None
    return {
        "line": site.line,
        "text": source.text(site),
        "of": source.text(source.site_of(operand)),
        "shape": list(before.shape),
        "order": list(order),
        "columns": _columns(before.shape, order),
    }


def _reshaped(node: ast.AST) -> ast.expr | None:
    """The array that a call of reshape is about."""
    if (
        not isinstance(node, ast.Call)
        or not isinstance(node.func, ast.Attribute)
        or node.func.attr != "reshape"
    ):
        return None
    module = isinstance(node.func.value, ast.Name) and node.func.value.id in {"np", "numpy"}
    return (node.args[0] if node.args else None) if module else node.func.value


def _order(before: object, after: object) -> tuple[int, ...]:
    """The order of axes that gives the lengths of `after`, where one alone does and it is not the one they had."""
    if not isinstance(before, np.ndarray) or not isinstance(after, np.ndarray) or before.ndim != after.ndim:
        return ()
    lengths = before.shape
    if min(lengths, default=0) < 2 or len(set(lengths)) < len(lengths) or lengths == after.shape:
        return ()
    found = [o for o in permutations(range(before.ndim)) if tuple(lengths[i] for i in o) == after.shape]
    return found[0] if found else ()


def _columns(shape: tuple[int, ...], order: tuple[int, ...]) -> int:
    """At how many places along the axis that the first one became its first entries land."""
    first: NDArray[np.intp] = np.arange(int(np.prod(shape))).reshape(shape)[0].ravel()
    lands = np.unravel_index(first, tuple(shape[i] for i in order))[order.index(0)]
    return len(np.unique(lands))
