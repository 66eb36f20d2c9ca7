"""Edits that put a network into the mode that a run calls for: to train on the batch, to predict with all units."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.repair.candidate import Splice
from gradcheck.repair.mending.splices import without_line
from gradcheck.trace import Site, SourceMap

Fact = Mapping[str, Any]
Edits = Iterator[list[Splice]]

SHORT = 3
# Statements of a method that does no more than switch.


def own_statistics(lab: Lab, fact: Fact) -> Edits:
    """The averages taken only where they are not moved; or the batch's own statistic in their place."""
    source = SourceMap(lab.source)
    here = [s for s in source.sites if s.is_statement and s.line == fact["line"]]
    if fact["condition"] and here:
        site, indent = here[0], " " * here[0].node.col_offset  # type: ignore[attr-defined] # a statement has a place
        yield [Splice(site.start, site.start, f"if not {_negated(fact['condition'])}:\n{indent}    ")]
    instead = dict(fact["instead"])
    inside = [s for s in source.sites if s.line in fact["read"] and source.text(s) in instead]
    loads = [
        s
        for s in inside
        if isinstance(getattr(s.node, "ctx", None), ast.Load) and not _moves(source, s, instead)
    ]
    if loads:
        yield [_renamed(source, s, instead) for s in _first_of_each(source, loads, instead)]
    yield from _without_argument(source, fact["line"])


def _negated(condition: str) -> str:
    return condition if ast.unparse(ast.parse(f"not {condition}")) == f"not {condition}" else f"({condition})"


def _moves(source: SourceMap, site: Site, instead: Mapping[str, str]) -> bool:
    """Whether a place stands in the statement that moves the average."""
    node = source.statement_of(site).node
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return any(target is not None and ast.unparse(target) in instead for target in targets)


def _first_of_each(source: SourceMap, loads: list[Site], instead: Mapping[str, str]) -> list[Site]:
    """The places to edit: of a statement that would come to nothing, only the first, which stands for all of it."""
    found: dict[int, Site] = {}
    for site in loads:
        key = site.statement if _empties(source, source.statement_of(site), instead) else -site.number
        found.setdefault(key, site)
    return list(found.values())


def _renamed(source: SourceMap, site: Site, instead: Mapping[str, str]) -> Splice:
    statement = source.statement_of(site)
    if _empties(source, statement, instead):
        return without_line(source, statement)
    return Splice(site.start, site.end, instead[source.text(site)])


def _empties(source: SourceMap, statement: Site, instead: Mapping[str, str]) -> bool:
    """Whether an assignment gives each name what it has, once names are put in place of averages."""
    node = statement.node
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return False
    target, value = node.targets[0], node.value
    targets = target.elts if isinstance(target, ast.Tuple) else [target]
    values = value.elts if isinstance(value, ast.Tuple) else [value]
    texts = [source.source[slice(*source.span(v))] for v in values]
    return [ast.unparse(t) for t in targets] == [instead.get(text, text) for text in texts]


def _without_argument(source: SourceMap, line: int) -> Edits:
    """One argument less in the calls of a line, and in all calls that are written the same."""
    calls = [s for s in source.sites if s.line == line and isinstance(s.node, ast.Call)]
    for call in calls:
        assert isinstance(call.node, ast.Call)
        if len(call.node.args) > 1:
            last, before = call.node.args[-1], call.node.args[-2]
            cut, until = source.span(before)[1] - call.start, source.span(last)[1] - call.start
            alike = [
                s
                for s in source.sites
                if source.text(s) == source.text(call) and isinstance(s.node, ast.Call)
            ]
            yield [Splice(s.start + cut, s.start + until, "") for s in alike]


def predicting_modes(lab: Lab, fact: Fact) -> Edits:
    """Another flag, mode or mask, where a function that predicts asks for its outputs; or a switch before that."""
    source = SourceMap(lab.source)
    here = [s for s in source.sites if s.line == fact["line"] and s.function == fact["function"]]
    words = {word for s in source.sites for word in _compared(s.node)}
    for site in here:
        if isinstance(site.node, ast.Constant) and isinstance(site.node.value, bool):
            yield [Splice(site.start, site.end, repr(not site.node.value))]
        if isinstance(site.node, ast.Constant) and site.node.value in words:
            others = sorted(word for word in words if word != site.node.value)
            yield from ([Splice(site.start, site.end, f'"{word}"')] for word in others)
        if isinstance(site.node, ast.Call):
            yield from ([Splice(*source.span(a), "None")] for a in site.node.args if isinstance(a, ast.Call))
    for site in [s for s in here if s.is_statement][:1]:
        indent = " " * site.node.col_offset  # type: ignore[attr-defined] # a statement has a place
        for switch in _switches(source, fact):
            yield [Splice(site.start, site.start, f"{switch}\n{indent}")]


def _compared(node: ast.AST) -> Iterator[str]:
    """The words that a comparison compares with."""
    for side in [node.left, *node.comparators] if isinstance(node, ast.Compare) else []:
        if isinstance(side, ast.Constant) and isinstance(side.value, str):
            yield side.value


def _switches(source: SourceMap, fact: Fact) -> Iterator[str]:
    """Statements that may switch a mode: a method of the class that does little else, or the global set."""
    owner, _, name = fact["function"].rpartition(".")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and node.name == owner:
            plain = [m for m in node.body if isinstance(m, ast.FunctionDef) and len(m.args.args) == 1]
            yield from (f"self.{m.name}()" for m in plain if m.name != name and _only_switches(m))
        if isinstance(node, ast.FunctionDef) and node.name == name and not owner:
            names = [n for s in node.body if isinstance(s, ast.Global) for n in s.names]
            yield from (f"{n} = {value}" for n in names if n in fact["guard"] for value in (False, True))


def _only_switches(method: ast.FunctionDef) -> bool:
    returns = any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(method))
    return len(method.body) <= SHORT and not returns and method.name != "__init__"
