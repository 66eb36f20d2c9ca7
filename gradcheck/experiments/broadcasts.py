"""Watch the shapes: (N, 1) with (N,) or (1, N) makes (N, N), and every sample meets every other's label."""

from __future__ import annotations

import ast

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.samples import samples_of
from gradcheck.findings import Observation
from gradcheck.trace import Recorder, Site, SourceMap


def broadcast_audit(lab: Lab) -> Observation:
    """Facts: `crossed`, a list of {line, text, left, right, loss}: operations of (N, 1) with (N,), N > 1, to (N, N).

    With (1, N), too, where N is the number of samples and of nothing else: of units, that is an outer product. `loss`:
    whether the loss runs it.
    """
    source = lab.tracer.source
    samples = samples_of(lab)
    widths = {length for value in lab.truth.values.values() for length in value.shape}
    count = samples.count if samples is not None and samples.count not in widths else 0
    runs = [lab.tracer.recorder, lab.tracer.recording(lambda live: live.loss())]
    found: dict[int, Site] = {}
    for recorder in runs:
        for number in recorder.seen:
            site = source.sites[number]
            node = site.node
            if isinstance(node, ast.BinOp) and crosses(recorder, source, (node.left, node.right), count):
                found.setdefault(number, site)
    crossed = [
        {**_fact(source, site), "loss": site.number in runs[1].seen}
        for site in sorted(found.values(), key=lambda site: site.line)
    ]
    return Observation("broadcast_audit", {"crossed": crossed}, "a column meets a row" if crossed else "")


def crosses(
    recorder: Recorder, source: SourceMap, sides: tuple[ast.expr, ast.expr], samples: int = 0
) -> bool:
    """Whether one side of an operation was a column (N, 1) and the other a vector (N,), or a row of the samples."""
    shapes: list[tuple[int, ...]] = []
    for side in sides:
        sighting = recorder.seen.get(source.site_of(side).number)
        value = sighting.values[0] if sighting is not None else None
        shapes.append(value.shape if isinstance(value, np.ndarray) else ())
    return any(
        len(column) == 2
        and column[1] == 1
        and column[0] > 1
        and (row == (column[0],) or row == (1, column[0]) == (1, samples))
        for column, row in (shapes, shapes[::-1])
    )


def _fact(source: SourceMap, site: Site) -> dict[str, object]:
    assert isinstance(site.node, ast.BinOp)
    left, right = (source.text(source.site_of(side)) for side in (site.node.left, site.node.right))
    return {"line": site.line, "text": source.text(site), "left": left, "right": right}
