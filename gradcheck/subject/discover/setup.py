"""A setup in the making: the user's statements on the way to training, with names that do not clash."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Mapping
from typing import Any

from gradcheck.subject.discover.bindings import bound_argument
from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.leaves import is_numeric
from gradcheck.subject.discover.script import Script, locate
from gradcheck.subject.statements import (
    arguments,
    assigned,
    declared_global,
    is_entry,
    is_shown,
    position,
)

RESERVED = ("m", "np")


def split_at_loop(statements: list[ast.stmt]) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """What comes ahead of the first loop that is entered, and the rest."""
    for count, statement in enumerate(statements):
        if is_entry(statement):
            return statements[:count], statements[count:]
    return statements, []


class Setup:
    """Statements of a setup in the making: texts, or statements still to be renamed."""

    def __init__(
        self,
        script: Script,
        statements: list[str | tuple[ast.stmt, dict[str, str]]],
        renamed: dict[str, str],
        names: dict[str, Any],
    ) -> None:
        self._script = script
        self._statements = statements
        self.renamed = renamed
        self.names = names

    def typed(self, statements: Iterable[ast.stmt], renamed: Mapping[str, str]) -> None:
        """Add statements of the user's, apart from those that only show something."""
        for statement in statements:
            if is_shown(statement):
                continue
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                self.renamed.update({name: f"{name}_" for name in assigned(statement) & set(RESERVED)})
            self._statements.append((statement, dict(renamed)))

    def lines(self) -> list[str]:
        """The texts, without clashes with the names that a wiring owns."""
        clashes = {name: made for name, made in self.renamed.items() if name in RESERVED}
        return [
            s if isinstance(s, str) else as_typed(self._script, s[0], {**s[1], **clashes})
            for s in self._statements
        ]

    def enter(self, entry: list[tuple[ast.stmt, Call]]) -> None:
        """Add statements that enter a loop on the way to a deeper call."""
        self.typed([statement for statement, _ in entry], self.renamed)

    def inline(self, call: Call, line: int) -> tuple[ast.stmt, list[ast.stmt]] | None:
        """Add the statements of a function ahead of a line, its parameters bound.

        Returns:
            The statement there, and those after the first loop that was entered, which are left for later.
        """
        function = self._script.functions.get((call.code.co_firstlineno, call.code.co_name))
        place = locate(function.body, line) if isinstance(function, ast.FunctionDef) else None
        if place is None:
            return None
        assert isinstance(function, ast.FunctionDef)
        outer = dict(self.renamed)
        bound: list[tuple[str, str]] = []
        for parameter in arguments(function):
            node, _ = bound_argument(call, function, parameter.arg)
            if node is None:
                return None
            said = ast.unparse(renaming(node, outer))
            if parameter.arg == "self":
                if isinstance(node, ast.Name):
                    self.renamed["self"] = said
                    continue
                self.renamed["self"] = self._free("net", "model", "network")
            if parameter.arg in RESERVED:
                self.renamed[parameter.arg] = f"{parameter.arg}_"
            name = self.renamed.get(parameter.arg, parameter.arg)
            if said != name:
                bound.append((name, said))
        self._bind(bound)
        owned = {name: f"m.{name}" for name in declared_global(function)}
        statements = [
            s
            for s in place.before
            if not isinstance(s, ast.Global | ast.Nonlocal)
            and not any(isinstance(n, ast.Return | ast.Yield | ast.YieldFrom) for n in ast.walk(s))
        ]
        before, entered = split_at_loop(statements)
        self.typed(before, {**self.renamed, **owned})
        return place.statement, entered

    def hoist(self, call: Call, *, everything: bool) -> ast.expr | None:
        """Name what a call makes only to hand it over, or all it hands over; returns the new call."""
        function = self._script.functions.get((call.code.co_firstlineno, call.code.co_name))
        if function is None or call.site is None:
            return None
        site = copy.deepcopy(call.site)
        bound: list[tuple[str, str]] = []
        for parameter in arguments(function):
            node, own = bound_argument(call, function, parameter.arg)
            if not own or node is None or not isinstance(node, ast.expr if everything else ast.Call):
                continue
            value = call.given[parameter.arg]
            if isinstance(node, ast.Name):
                if everything and node.id not in self._made() and is_numeric(value):
                    bound.append((node.id, f"m.{node.id}"))  # so that it can be assigned here
                continue
            name = parameter.arg
            if name == "self" or name in self.names or name in RESERVED:
                name = self._free("net", "model", "network", f"{name}_")
            bound.append((name, ast.unparse(renaming(node, self.renamed))))
            self.names[name] = call.given[parameter.arg]
            site = _put(site, position(node), ast.Name(name, ast.Load()))
        self._bind(bound)
        return site

    def _bind(self, bound: list[tuple[str, str]]) -> None:
        if bound:
            self._statements.append(
                f"{', '.join(n for n, _ in bound)} = {', '.join(said for _, said in bound)}"
            )

    def _made(self) -> set[str]:
        trees = [ast.parse(s) if isinstance(s, str) else s[0] for s in self._statements]
        return set().union(*(assigned(tree) for tree in trees), set())

    def _free(self, *names: str) -> str:
        return next(name for name in (*names, "subject") if name not in self.names)


class _Put(ast.NodeTransformer):
    def __init__(self, at: tuple[int, int, int, int], made: ast.expr) -> None:
        self._at, self._made = at, made

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and position(node) == self._at:
            return ast.copy_location(self._made, node)
        return self.generic_visit(node)


def _put(site: ast.expr, at: tuple[int, int, int, int], made: ast.expr) -> ast.expr:
    result = _Put(at, made).visit(site)
    assert isinstance(result, ast.expr)
    return result


class _Renaming(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in self._names:
            return node
        made = ast.parse(self._names[node.id], mode="eval").body
        if isinstance(made, ast.Name | ast.Attribute | ast.Subscript):
            made.ctx = node.ctx
        return made


def renaming(node: ast.AST, names: Mapping[str, str]) -> ast.AST:
    """A copy in which names go by other names, or by expressions."""
    made: ast.AST = ast.fix_missing_locations(_Renaming(names).visit(copy.deepcopy(node)))
    return made


def as_typed(script: Script, statement: ast.stmt, names: Mapping[str, str]) -> str:
    """A statement as typed where it was typed and needs no renaming, else written out."""
    line, start, end_line, end = position(statement)
    used = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    if (line, start) == (end_line, end) or used & set(names):
        return ast.unparse(renaming(statement, names))
    rows = script.text(statement).split("\n")
    pad = " " * start
    rows[1:] = [row[start:] if row.startswith(pad) else row for row in rows[1:]]
    return "\n".join(rows)
