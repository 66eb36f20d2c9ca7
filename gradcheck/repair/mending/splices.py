"""Splices as edits of audits are made of: behind a node, between two, a whole line above or below a statement."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from gradcheck.repair.candidate import Splice
from gradcheck.trace import Site, SourceMap

PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant)
# What needs no parentheses, whatever it stands in.


def text_of(source: SourceMap, node: ast.AST) -> str:
    """The source of a node, exactly as typed."""
    start, end = source.span(node)
    return source.source[start:end]


def in_place_of(source: SourceMap, node: ast.AST, text: str) -> Splice:
    """Text for a node; for the parentheses right around it, too, where what stands in it needs none."""
    start, end = source.span(node)
    around = source.source[start - 1 : start] == "(" and source.source[end : end + 1] == ")"
    called = source.source[: start - 1].rstrip(" ")[-1:]
    plain = isinstance(ast.parse(text, mode="eval").body, PLAIN)
    bare = around and plain and not (called.isalnum() or called in {"_", ")", "]"})
    return Splice(start - bare, end + bare, text)


def behind(source: SourceMap, node: ast.AST, text: str) -> Splice:
    """Text put in right behind a node."""
    end = source.span(node)[1]
    return Splice(end, end, text)


def between(source: SourceMap, left: ast.AST, right: ast.AST, text: str) -> Splice:
    """Text in place of what stands between two nodes."""
    return Splice(source.span(left)[1], source.span(right)[0], text)


def line_above(source: SourceMap, statement: Site, text: str) -> Splice:
    """A line of its own above a statement, indented like it."""
    start = source.line_start(statement.line)
    return Splice(start, start, f"{_indent(statement)}{text}\n")


def without_line(source: SourceMap, statement: Site) -> Splice:
    """Nothing in place of a statement that has its lines to itself."""
    last = getattr(statement.node, "end_lineno", None) or statement.line
    return Splice(source.line_start(statement.line), source.line_start(last + 1), "")


def line_below(source: SourceMap, statement: Site, text: str) -> Splice:
    """A line of its own below a statement, indented like it."""
    node = statement.node
    start = source.line_start((getattr(node, "end_lineno", None) or statement.line) + 1)
    return Splice(start, start, f"{_indent(statement)}{text}\n")


def _indent(statement: Site) -> str:
    assert isinstance(statement.node, ast.stmt)
    return " " * statement.node.col_offset


def on_lines(source: SourceMap, fact: Mapping[str, Any], kind: type[ast.AST]) -> list[Site]:
    """The nodes of a kind on a fact's lines, in the order of those."""
    lines = fact.get("lines") or [fact["line"]]
    return [
        site for line in lines for site in source.sites if site.line == line and isinstance(site.node, kind)
    ]
