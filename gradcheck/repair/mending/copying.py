"""Edits that keep what was lent as it was: copies of data, of weights, and activations of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.experiments.copies import stands_in
from gradcheck.experiments.lab import Lab
from gradcheck.repair.candidate import Splice
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


def own_activations(lab: Lab, fact: Fact) -> Edits:
    """A new array for the activation: no `out=`, or a copy of what it is computed from."""
    source = SourceMap(lab.source)
    for site in source.sites:
        if site.line != fact["line"] or not isinstance(site.node, ast.Call):
            continue
        call = site.node
        for keyword in call.keywords:
            if keyword.arg == "out" and call.args:
                yield [Splice(source.span(call.args[-1])[1], source.span(keyword.value)[1], "")]
        for argument in call.args:
            if ast.unparse(argument) == fact["other"]:
                end = source.span(argument)[1]
                yield [Splice(end, end, ".copy()")]


def own_inputs(lab: Lab, fact: Fact) -> Edits:
    """The argument copied before its first change."""
    source = SourceMap(lab.source)
    for site in source.sites:
        if site.line == fact["line"] and isinstance(site.node, ast.stmt):
            start = source.line_start(site.line)
            name = fact["argument"]
            yield [Splice(start, start, f"{' ' * site.node.col_offset}{name} = {name}.copy()\n")]
            return


def deep_copies(lab: Lab, fact: Fact) -> Edits:
    """Every array copied with its container, by what can take the place of the shallow copy."""
    source = SourceMap(lab.source)
    above = [] if _imported(source) else [_import(source)]
    for site in source.sites:
        node = site.node
        if site.line != fact["line"] or source.text(site) != fact["text"] or not isinstance(node, ast.expr):
            continue
        for start, end, text in _deep(source, site, node):
            whole = source.source[site.start : start] + text + source.source[end : site.end]
            needed = above if "copy.deepcopy" in text else []
            if needed or stands_in(lab, source, site, whole):
                yield [*needed, Splice(start, end, text)]


def _deep(source: SourceMap, site: Site, node: ast.expr) -> Iterator[tuple[int, int, str]]:
    """Where to put what for copies of the arrays too, the shorter ways first."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "copy.copy":
        yield (*source.span(node.func), "copy.deepcopy")
    inner = node if isinstance(node, ast.Name | ast.Attribute) else _inside(node)
    if inner is not None:
        text = source.text(source.site_of(inner))
        yield site.start, site.end, f"[w.copy() for w in {text}]"
        yield site.start, site.end, f"{{key: w.copy() for key, w in {text}.items()}}"
    if isinstance(node, ast.ListComp | ast.DictComp):
        end = source.span(node.elt if isinstance(node, ast.ListComp) else node.value)[1]
        yield end, end, ".copy()"
    if inner is not None:
        yield site.start, site.end, f"copy.deepcopy({text})"
    if isinstance(node, ast.Call) and inner is None and node.args and not node.keywords:
        copied = ", ".join(f"{source.text(source.site_of(argument))}.copy()" for argument in node.args)
        yield source.span(node.args[0])[0], site.end - 1, copied
    if isinstance(node, ast.List | ast.Call) and inner is None:
        yield site.start, site.end, f"copy.deepcopy({source.text(site)})"


def _imported(source: SourceMap) -> bool:
    """Whether the module is there under its own name."""
    imports = (node for node in source.tree.body if isinstance(node, ast.Import))
    return any(name.name == "copy" and not name.asname for node in imports for name in node.names)


def _import(source: SourceMap) -> Splice:
    """The import of it, above those that stand there."""
    first = next((node for node in source.tree.body if isinstance(node, ast.Import | ast.ImportFrom)), None)
    place = source.line_start(first.lineno) if first is not None else 0
    return Splice(place, place, "import copy\n")


def _inside(node: ast.expr) -> ast.expr | None:
    """What a shallow copy is made of."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return node.args[0]
    if isinstance(node, ast.Call):
        return node.func.value if isinstance(node.func, ast.Attribute) and not node.args else None
    if isinstance(node, ast.Subscript):
        return node.value
    if isinstance(node, ast.List) and isinstance(node.elts[0], ast.Starred):
        return node.elts[0].value
    return None
