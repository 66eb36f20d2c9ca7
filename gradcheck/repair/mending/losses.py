"""Edits of the loss, where it is not what the outputs and labels call for and the gradient is."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.repair.candidate import Splice
from gradcheck.repair.parentheses import parenthesised
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


def negations(lab: Lab, fact: Fact) -> Edits:
    """A minus before the value of the line, or none where there is one."""
    source = SourceMap(lab.source)
    for site in _values(source, fact["line"]):
        for part in [
            site,
            *(s for s in source.sites if s.start == site.start and s.statement == site.statement),
        ]:
            if isinstance(part.node, ast.UnaryOp) and isinstance(part.node.op, ast.USub):
                start, _ = source.span(part.node.operand)
                yield [Splice(part.start, start, "")]
        text = parenthesised(source.text(site), site.node, loose=(ast.Add, ast.Sub))
        yield [Splice(site.start, site.end, f"-{text}")]


def other_names(lab: Lab, fact: Fact) -> Edits:
    """For each name of an array on the line, another one of that shape."""
    recorder = lab.tracer.recording(lambda live: live.loss())
    source = lab.tracer.source
    for number, sighting in reversed(list(recorder.seen.items())):
        site = source.sites[number]
        if site.line == fact["line"] and isinstance(site.node, ast.Name):
            shape = np.shape(sighting.values[0])
            for name, value in recorder.scopes.get(site.statement, {}).items():
                if name != site.node.id and shape and isinstance(value, np.ndarray) and value.shape == shape:
                    yield [Splice(site.start, site.end, name)]


def _values(source: SourceMap, line: int) -> Iterator[Site]:
    for site in source.sites:
        node = site.node
        if (
            site.line == line
            and isinstance(node, ast.Assign | ast.Return | ast.AugAssign)
            and node.value is not None
        ):
            yield source.site_of(node.value)
