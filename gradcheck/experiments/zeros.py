"""Training that moves nothing: which factor of its updates is 0, shown by putting another number there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from time import process_time
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.origins import origins
from gradcheck.experiments.places import scalar
from gradcheck.experiments.watched import Training, fact_of
from gradcheck.subject.program import Live
from gradcheck.trace import EnoughSeenError, Recorder, Site, SourceMap

SECONDS = 0.5
# Of the processor: the first rounds show what is multiplied.
OTHER = 1e-3

Fact = dict[str, Any]


def zero_factors(lab: Lab, seen: Training) -> Iterator[Fact]:
    """The first factor that is 0 in training, and with which another number moves the parameters."""
    source = lab.tracer.source
    run = lab.tracer.recording(lambda live: _first_rounds(lab, live))
    for number in run.seen:
        site = source.sites[number]
        if _is_zero_factor(source, run, site) and not lab.influence.of.get(site.statement):
            moved = _moved_with(lab, number)
            if moved:
                text = source.text(site)
                fact = fact_of(seen, [site.statement], moved, text=text)
                lines = [*origins(lab, source, text, {0.0}), *fact["lines"]]
                yield {**fact, "lines": list(dict.fromkeys(lines)), "line": lines[0]}
                return


def _first_rounds(lab: Lab, live: Live) -> None:
    until = process_time() + SECONDS

    def watch(_number: int, _names: object) -> None:
        if process_time() > until:
            raise EnoughSeenError

    lab.tracer.recorder.watch = watch
    try:
        live.execute(lab.wiring.train)
    finally:
        lab.tracer.recorder.watch = None


def _is_zero_factor(source: SourceMap, run: Recorder, site: Site) -> bool:
    """Whether an expression is a number that is 0 all along, and a factor of a product."""
    above = source.sites[site.parent].node if site.parent >= 0 else None
    product = isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mult)
    values = run.seen[site.number].values
    return product and isinstance(site.node, ast.expr) and all(scalar(v) and float(v) == 0.0 for v in values)


def _moved_with(lab: Lab, number: int) -> set[str]:
    """The parameters that training moves once a site is another number."""

    def trained(live: Live) -> set[str]:
        start = live.parameters()
        live.execute(lab.wiring.train)
        return {name for name, value in live.parameters().items() if not np.array_equal(value, start[name])}

    return lab.tracer.asked({number: lambda _zero: OTHER}, trained) or set()
