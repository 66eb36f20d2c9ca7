"""Edits of what a round of training does first: all gradients before any update, an optimiser made once."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, count
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import in_loop
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import line_above, text_of, without_line
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]


def gathered_gradients(lab: Lab, fact: Fact) -> Edits:
    """A call that the statements of a block, or the turns of a loop, repeat: made once above them and kept."""
    source = SourceMap(lab.source)
    updates = [site for site in source.sites if site.is_statement and site.line in fact["lines"]]
    for parent in dict.fromkeys(site.parent for site in updates):
        block = [site for site in source.sites if site.is_statement and site.parent == parent]
        calls = [site for site in source.sites if isinstance(site.node, ast.Call) and _within(site, block)]
        times = Counter(source.text(call) for call in calls)
        for text in (text for text, seen in times.most_common() if seen > 1):
            mine = [call for call in calls if source.text(call) == text]
            first = source.statement_of(mine[0])
            name = _free_name(source, first)
            made = line_above(source, first, f"{name} = {text}")
            yield [made, *(Splice(call.start, call.end, name) for call in mine)]
    for site in updates:
        loop = in_loop(source, site)
        calls = [one for one in source.sites if isinstance(one.node, ast.Call) and _within(one, [site])]
        for call in calls if loop is not None else []:
            name = _free_name(source, site)
            assert loop is not None
            yield [
                line_above(source, loop, f"{name} = {source.text(call)}"),
                Splice(call.start, call.end, name),
            ]


def kept_optimisers(lab: Lab, fact: Fact) -> Edits:
    """The attribute set that the constructor sets from its one argument; else the object made before the loop."""
    source = SourceMap(lab.source)
    for site in source.sites:
        node = site.node
        call = node.value if isinstance(node, ast.Assign) else None
        if (
            site.line not in fact["lines"]
            or not isinstance(node, ast.Assign)
            or not isinstance(call, ast.Call)
        ):
            continue
        target = ast.unparse(node.targets[0])
        attribute = _attribute(source, str(fact["owner"]), call)
        loop = in_loop(source, site)
        if attribute:
            value = text_of(source, call.args[0] if call.args else call.keywords[0].value)
            yield [Splice(site.start, site.end, f"{target}.{attribute} = {value}")]
        if loop is not None:
            yield [line_above(source, loop, source.text(site)), without_line(source, site)]


def _attribute(source: SourceMap, owner: str, call: ast.Call) -> str:
    """The attribute that a class keeps the one argument of a call in; empty where it has none or more."""
    if len(call.args) + len(call.keywords) != 1:
        return ""
    classes = [n for n in ast.walk(source.tree) if isinstance(n, ast.ClassDef) and n.name == owner]
    for function in (part for node in classes for part in node.body if isinstance(part, ast.FunctionDef)):
        if function.name == "__init__":
            names = [argument.arg for argument in function.args.args]
            given = call.keywords[0].arg if call.keywords else next(iter(names[1:]), "")
            return next((key for key, name in _kept(function, names[0]) if name == given), "")
    return ""


def _kept(function: ast.FunctionDef, owner: str) -> Iterator[tuple[str, str]]:
    """Attributes of the object that are set to plain names, with those names."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        target, value = node.targets[0], node.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=False))
        for one, other in pairs:
            if (
                isinstance(one, ast.Attribute)
                and ast.unparse(one.value) == owner
                and isinstance(other, ast.Name)
            ):
                yield one.attr, other.id


def _within(site: Site, block: list[Site]) -> bool:
    return any(one.start <= site.start and site.end <= one.end for one in block)


def _free_name(source: SourceMap, site: Site) -> str:
    """A name for gradients that nothing in a function is called yet."""
    taken = {
        other.node.id
        for other in source.sites
        if other.function == site.function and isinstance(other.node, ast.Name)
    }
    names = chain(("grads", "gradient", "slopes"), (f"grads{number}" for number in count(2)))
    return next(name for name in names if name not in taken)
