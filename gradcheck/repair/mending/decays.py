"""Edits that take a decay out of an update, where the gradient holds the penalty already."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.repair.candidate import Splice
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
        if fact["parameter"] and isinstance(site.node, ast.BinOp):
            yield [_freed(source, site, fact["parameter"])]
        parent = source.sites[site.parent]
        if isinstance(parent.node, ast.AugAssign):
            yield [_line(source, parent)]
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
            return _line(source, statement)
    if first and isinstance(parent.node.op, ast.Sub):
        text = f"-{text}"
    return _freed(source, parent, text)


def _freed(source: SourceMap, site: Site, text: str) -> Splice:
    """A text in place of a site, and of the parentheses around that where the text needs none."""
    start, end = site.start, site.end
    plain = isinstance(ast.parse(text, mode="eval").body, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    around = source.source[start - 1 : start] + source.source[end : end + 1]
    called = source.source[start - 2 : start - 1]
    if plain and around == "()" and not (called.isalnum() or called in "_)]"):
        return Splice(start - 1, end + 1, text)
    return Splice(start, end, text)


def _line(source: SourceMap, statement: Site) -> Splice:
    end = source.source.find("\n", statement.end) + 1
    return Splice(source.line_start(statement.line), end or len(source.source), "")
