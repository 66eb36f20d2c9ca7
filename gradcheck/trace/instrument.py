"""Rewrites a source so that expressions report their values to a recorder: in functions, and in a script's loop."""

from __future__ import annotations

import ast
import copy
import types
from collections.abc import Iterable
from dataclasses import dataclass

from gradcheck.subject.live.definitions import definitions
from gradcheck.subject.partway import statement_at
from gradcheck.trace.sites import SourceMap

SEE = "__gradcheck_see__"
ENTER = "__gradcheck_enter__"


@dataclass(frozen=True, slots=True)
class Instrumented:
    """An instrumented module, ready to be executed.

    Attributes:
        code: the code object; its globals need the two names `SEE` and `ENTER`.
        map: the sites that the recorder's numbers refer to.
    """

    code: types.CodeType
    map: SourceMap


def instrument(source: SourceMap, path: str, until: str = "", *, alone: bool = False) -> Instrumented:
    """The instrumented form of a source.

    Code inside functions is rewritten, and the loop of a script that is driven from there; values pass through
    unchanged unless the recorder disturbs them.

    Args:
        source: the parsed source.
        path: the file name that tracebacks show.
        until: the first line of that loop; empty where the script is not driven from a loop of its own.
        alone: whether to leave its definitions alone, as for live objects.
    """
    numbers = {id(site.node): site.number for site in source.sites}
    memo: dict[int, object] = {}
    tree = copy.deepcopy(source.tree, memo)
    twins = {id(memo[key]): number for key, number in numbers.items() if key in memo}
    found = statement_at(source.source, until) if until else None
    _Rewriter(twins, found[0].lineno if found else 0).rewrite_module(tree)
    ast.fix_missing_locations(tree)
    tree = definitions(tree) if alone else tree
    return Instrumented(compile(tree, path, "exec", dont_inherit=True), source)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, numbers: dict[int, int], loop: int) -> None:
        self._numbers = numbers
        self._loop = loop
        self._inside = 0

    def rewrite_module(self, tree: ast.Module) -> None:
        for statement in tree.body:
            self.visit(statement)

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr):
            return self._expression(node)
        looping = isinstance(node, ast.For | ast.While) and node.lineno == self._loop
        self._inside += looping
        visited: ast.AST = super().visit(node)
        self._inside -= looping
        return visited

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._inside += 1
        node.body = self._block(node.body)
        self._inside -= 1
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment] # noqa: N815 -- as above

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        outer, self._inside = self._inside, 0
        node.body = [self.visit(statement) for statement in node.body]  # type: ignore[misc] # one for one
        self._inside = outer
        return node

    def visit_Match(self, node: ast.Match) -> ast.AST:
        node.subject = self.visit(node.subject)  # type: ignore[assignment] # an expression stays one
        for case in node.cases:
            case.body = self._block(case.body)
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, name, self._block(value))
            elif isinstance(value, list):
                setattr(
                    node, name, [self.visit(item) if isinstance(item, ast.AST) else item for item in value]
                )
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        rewritten: list[ast.stmt] = []
        for position, statement in enumerate(body):
            number = self._numbers.get(id(statement))
            plain = isinstance(statement, ast.Global | ast.Nonlocal | ast.Import | ast.ImportFrom)
            docstring = position == 0 and _is_string(statement)
            if self._inside and number is not None and not plain and not docstring:
                rewritten.append(_enter(number, statement))
            if docstring or plain:
                rewritten.append(statement)
            else:
                rewritten.append(self.visit(statement))  # type: ignore[arg-type] # a statement stays one
        return rewritten

    def _expression(self, node: ast.expr) -> ast.AST:
        number = self._numbers.get(id(node))
        if isinstance(node, ast.Call):
            node.func = self._callee(node.func)
            node.args = [self.visit(argument) for argument in node.args]  # type: ignore[misc] # one for one
            for keyword in node.keywords:
                keyword.value = self.visit(keyword.value)  # type: ignore[assignment] # an expression stays one
        elif isinstance(node, ast.Lambda):
            self._inside += 1
            node.body = self.visit(node.body)  # type: ignore[assignment] # as above
            self._inside -= 1
        elif not isinstance(node, ast.JoinedStr | ast.Constant):
            self.generic_visit(node)
        if not self._inside or number is None or not _is_value(node):
            return node
        return ast.copy_location(
            ast.Call(_name(SEE), [ast.Constant(number), node], []),
            node,
        )

    def _callee(self, node: ast.expr) -> ast.expr:
        """The function part of a call: the object a method belongs to is a value, the function itself is not."""
        if isinstance(node, ast.Attribute):
            node.value = self.visit(node.value)  # type: ignore[assignment] # as above
            return node
        return node if isinstance(node, ast.Name) else self.visit(node)  # type: ignore[return-value] # as above


def _is_value(node: ast.expr) -> bool:
    if isinstance(node, ast.Starred | ast.Slice | ast.JoinedStr | ast.FormattedValue):
        return False
    context = getattr(node, "ctx", None)
    return context is None or isinstance(context, ast.Load)


def _is_string(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _enter(number: int, before: ast.stmt) -> ast.stmt:
    call = ast.Call(_name(ENTER), [ast.Constant(number), ast.Call(_name("locals"), [], [])], [])
    return ast.copy_location(ast.Expr(call), before)


def _name(identifier: str) -> ast.Name:
    return ast.Name(identifier, ast.Load())


def executed_functions(source: SourceMap, reached: Iterable[int]) -> set[str]:
    """Qualified names of the outermost functions that hold any of the statements `reached`."""
    return {source.sites[number].function for number in reached}
