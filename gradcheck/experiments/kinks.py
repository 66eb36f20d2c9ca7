"""Look where the loss has two slopes: a maximum of equals, an absolute value of zero."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradcheck.experiments.births import birth_lines
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.numerics import Verdict
from gradcheck.trace import Recorder, Site, SourceMap


def kink_audit(lab: Lab) -> Observation:
    """Facts: `kinks`, at most one of {parameters, line, lines, text, ties, entries}.

    The parameters are those whose one-sided differences disagree. `text` compares two numbers that are exactly equal
    `ties` times out of `entries`; `lines` has that line, then those on which the parameters are first given a value.
    """
    names = [name for name, found in lab.comparisons.items() if found.verdict is Verdict.KINK]
    if not names:
        return Observation("kink_audit", {"kinks": []})
    source = lab.tracer.source
    recorder = lab.tracer.recording(lambda live: live.loss())
    tied = (_tie(source, recorder, source.sites[number]) for number in recorder.seen)
    place = next(
        (fact for fact in tied if fact is not None), {"line": 0, "text": "", "ties": 0, "entries": 0}
    )
    given = [line for name in names for line in birth_lines(lab, [name])]
    lines = [line for line in dict.fromkeys([place["line"], *given]) if line]
    return Observation("kink_audit", {"kinks": [{"parameters": names, **place, "lines": lines}]})


def _tie(source: SourceMap, recorder: Recorder, site: Site) -> dict[str, Any] | None:
    sides = _compared(site.node)
    values = []
    for side in sides:
        record = recorder.seen.get(source.site_of(side).number)
        values.append(record.values[0] if record is not None else getattr(side, "value", None))
    if not values or any(not isinstance(value, np.ndarray | int | float) for value in values):
        return None
    other = values[1] if len(values) > 1 else 0.0
    equal = np.asarray(values[0] == other)
    ties = int(np.count_nonzero(equal))
    if not ties:
        return None
    return {"line": site.line, "text": source.text(site), "ties": ties, "entries": int(equal.size)}


def _compared(node: ast.AST) -> list[ast.expr]:
    """The two numbers that an expression chooses between by their order, or the one whose sign it looks at."""
    if isinstance(node, ast.Compare) and len(node.comparators) == 1:
        return [node.left, node.comparators[0]]
    if not isinstance(node, ast.Call):
        return []
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in {"maximum", "minimum", "fmax", "fmin"} and len(node.args) == 2:
        return list(node.args)
    return list(node.args[:1]) if name in {"abs", "absolute", "fabs"} else []
