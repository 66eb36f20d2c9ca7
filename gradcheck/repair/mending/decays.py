"""Edits that take a decay out of an update, where the gradient holds the penalty already."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import in_place_of, without_line
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


def no_decay(lab: Lab, fact: Fact) -> Edits:
    """The update without the term, or with the parameter itself in place of what scales it."""
    source = SourceMap(lab.source)
    term = fact.get("text", "")
    for site in source.sites if term else ():
        if site.line != fact["line"] or source.text(site) != term or site.is_statement:
            continue
        parent = source.sites[site.parent]
        if isinstance(parent.node, ast.AugAssign):
            yield [without_line(source, parent)]
            continue
        if fact["parameter"] and isinstance(site.node, ast.BinOp):
            yield [in_place_of(source, site.node, fact["parameter"])]
        if isinstance(parent.node, ast.BinOp) and isinstance(parent.node.op, ast.Add | ast.Sub):
            yield [_other_side(source, parent, site)]


def _other_side(source: SourceMap, parent: Site, term: Site) -> Splice:
    """A sum without one of its two sides; the whole line where the assignment then changes nothing."""
    assert isinstance(parent.node, ast.BinOp)
    first = source.site_of(parent.node.left).number == term.number
    kept = source.site_of(parent.node.right if first else parent.node.left)
    text = source.text(kept)
    statement = source.statement_of(parent)
    if isinstance(statement.node, ast.Assign) and parent.parent == statement.number:
        targets = [ast.unparse(target) for target in statement.node.targets]
        if targets == [ast.unparse(kept.node)]:
            return without_line(source, statement)
    if first and isinstance(parent.node.op, ast.Sub):
        text = f"-{text}"
    return in_place_of(source, parent.node, text)
