"""The user's file as statements: its functions, its loops, and what its author runs."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gradcheck.subject.live.given import Given
from gradcheck.subject.statements import (
    Function,
    Loop,
    first_item,
    make_assignment,
    position,
)

# Calls made for a person who looks on; none of them changes what a network computes.


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A statement on the way from a body to some line inside it.

    Attributes:
        before: the statements that run before it, loops that lead to it entered once.
        statement: the statement itself.
    """

    before: tuple[ast.stmt, ...]
    statement: ast.stmt


@dataclass(eq=False)
class Script:
    """A parsed source file.

    Args:
        path: its file name, as code objects will show it.
        source: its text.
        given: live objects that its namespace holds from the start; its main block alone is then run.
    """

    path: str
    source: str
    given: Given | None = None
    tree: ast.Module = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.source, self.path)
        self._lines = [line.encode() for line in self.source.split("\n")]

    @cached_property
    def guard(self) -> ast.If | None:
        """The `if __name__ == "__main__":` block."""
        for statement in self.tree.body:
            if isinstance(statement, ast.If) and _is_guard(statement.test):
                return statement
        return None

    def without_main(self) -> str:
        """The text with nothing in place of the main block."""
        if self.guard is None:
            return self.source
        rows = self.source.split("\n")
        first, last = self.guard.lineno - 1, self.guard.end_lineno or self.guard.lineno
        rows[first:last] = [""] * (last - first)
        return "\n".join(rows)

    @cached_property
    def functions(self) -> dict[tuple[int, str], Function | ast.Lambda]:
        """(first line, name) -> definition, as code objects give them: a decorator is the first line."""
        found: dict[tuple[int, str], Function | ast.Lambda] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                found[first, node.name] = node
            elif isinstance(node, ast.Lambda):
                found.setdefault((node.lineno, "<lambda>"), node)
        return found

    @cached_property
    def owners(self) -> dict[int, ast.ClassDef]:
        """Id of a method's definition -> its class."""
        return {
            id(node): owner
            for owner in ast.walk(self.tree)
            if isinstance(owner, ast.ClassDef)
            for node in owner.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }

    @cached_property
    def loops(self) -> dict[int, Loop]:
        """Header line -> loop statement."""
        return {node.lineno: node for node in ast.walk(self.tree) if isinstance(node, ast.For | ast.While)}

    @cached_property
    def global_reads(self) -> set[str]:
        """Names of globals that some function reads."""
        found: set[str] = set()
        pending = [symtable.symtable(self.source, self.path, "exec")]
        while pending:
            table = pending.pop()
            pending += table.get_children()
            if table.get_type() == "function":
                found |= {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
        return {name for name in found if not hasattr(builtins, name)}

    @cached_property
    def calls(self) -> dict[tuple[int, int, int, int], ast.expr]:
        """Position -> expression, for every expression that may call something."""
        kinds = (ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript, ast.Attribute)
        found: dict[tuple[int, int, int, int], ast.expr] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, kinds):
                found.setdefault(position(node), node)
        return found

    def at_module_level(self, line: int) -> bool:
        """Whether a line belongs to statements that run when the module is loaded, outside the main block."""
        guard = self.guard
        return guard is None or not guard.lineno <= line <= (guard.end_lineno or guard.lineno)

    def main_body(self, line: int) -> Sequence[ast.stmt]:
        """The statements that lead to a line at module level or in the main block."""
        guard = self.guard
        return self.tree.body if guard is None or self.at_module_level(line) else guard.body

    def text(self, node: ast.AST) -> str:
        """The text of a node as typed."""
        line, start, end_line, end = position(node)
        rows = self._lines[line - 1 : end_line]
        rows[-1] = rows[-1][:end]
        rows[0] = rows[0][start:]
        return b"\n".join(rows).decode()

    def first_line(self, node: ast.stmt) -> str:
        """A statement's first line, as typed, without its indentation."""
        return self._lines[node.lineno - 1].decode().strip()


def locate(body: Sequence[ast.stmt], line: int) -> Place | None:
    """The innermost statement of a body at a line, and what runs before it, loops entered once."""
    before: list[ast.stmt] = []
    for statement in body:
        if statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            return _inside(statement, line, before)
        before.append(statement)
    return None


def _inside(statement: ast.stmt, line: int, before: list[ast.stmt]) -> Place:
    for block, entered in _blocks(statement):
        if block and block[0].lineno <= line <= (block[-1].end_lineno or 0):
            inner = locate(block, line)
            if inner is not None:
                return Place((*before, *entered, *inner.before), inner.statement)
    return Place(tuple(before), statement)


def _blocks(statement: ast.stmt) -> Iterator[tuple[Sequence[ast.stmt], list[ast.stmt]]]:
    """The blocks of a compound statement, each with statements that stand for having entered it."""
    if isinstance(statement, ast.For):
        yield statement.body, [first_item(statement)]
    elif isinstance(statement, ast.While):
        yield statement.body, []
    elif isinstance(statement, ast.If):
        yield statement.body, []
        yield statement.orelse, []
    elif isinstance(statement, ast.With):
        entered = [
            make_assignment(
                item.optional_vars,
                ast.Call(ast.Attribute(item.context_expr, "__enter__", ast.Load()), [], []),
                statement,
            )
            for item in statement.items
            if item.optional_vars is not None
        ]
        yield statement.body, list(entered)
    elif isinstance(statement, ast.Try):
        yield statement.body, []


def _is_guard(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare) and "__name__" in ast.unparse(test) and "__main__" in ast.unparse(test)
    )
