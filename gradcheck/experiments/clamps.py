"""Watch what the loss clips: where a probability is replaced by a floor, the loss no longer follows the outputs."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.trace import Recorder, Site, SourceMap


def clamp_audit(lab: Lab) -> Observation:
    """Facts: `clamped`, a list of {line, text, of, floor, least, entries, clipped}: clips of probabilities that bite.

    `clipped` of `entries` probabilities `of` lie below `floor`, the least at `least`, when the loss is evaluated where
    the code starts. A gradient that agrees with its loss, clips and all, is what its author meant: nothing is listed.
    """
    if not lab.wrong:
        return Observation("clamp_audit", {"clamped": []})
    source = lab.tracer.source
    recorder = lab.tracer.recording(lambda live: live.loss())
    facts = [_fact(source, recorder, source.sites[number]) for number in recorder.seen]
    return Observation("clamp_audit", {"clamped": [fact for fact in facts if fact is not None]})


def _fact(source: SourceMap, recorder: Recorder, site: Site) -> dict[str, Any] | None:
    """What a call does to its first array, where that is to raise some probabilities to one and the same floor."""
    if not isinstance(site.node, ast.Call):
        return None
    after = recorder.seen[site.number].values[0]
    for operand in _operands(site.node):
        record = recorder.seen.get(source.site_of(operand).number)
        before = record.values[0] if record is not None else None
        if (
            not isinstance(before, np.ndarray)
            or not isinstance(after, np.ndarray)
            or before.shape != after.shape
        ):
            continue
        raised = before < after
        if before.dtype.kind != "f" or before.min() < 0.0 or before.max() > 1.0 or not np.any(raised):
            continue
        floors = np.unique(after[raised])
        if len(floors) == 1 and (len(np.unique(before[raised])) > 1 or np.any(before == after)):
            return {
                "line": site.line,
                "text": source.text(site),
                "of": source.text(source.site_of(operand)),
                "floor": float(floors[0]),
                "least": float(before.min()),
                "entries": int(before.size),
                "clipped": int(np.count_nonzero(raised)),
            }
    return None


def _operands(call: ast.Call) -> list[ast.expr]:
    owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
    return [*call.args, *owner]
