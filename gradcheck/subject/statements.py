"""Statements of the user's: what they bind and read, what a loop carries on, what only shows."""

from __future__ import annotations

import ast
from collections.abc import Sequence

Function = ast.FunctionDef | ast.AsyncFunctionDef


Loop = ast.For | ast.While


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


_SHOWN = {"print", "pprint", "input", "breakpoint", "exit", "quit", "display"}


_SHOWN_MODULES = {
    "plt",
    "pyplot",
    "matplotlib",
    "pylab",
    "sns",
    "logging",
    "logger",
    "log",
    "sys",
    "time",
    "warnings",
    "tqdm",
    "ax",
    "fig",
}


def position(node: ast.AST) -> tuple[int, int, int, int]:
    """Line, column, end line and end column; columns in bytes."""
    return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined] # expressions and statements have all four


def first_item(loop: ast.For) -> ast.stmt:
    """The assignment of a loop's first item to its target."""
    names = ast.Name("next", ast.Load()), ast.Name("iter", ast.Load())
    value: ast.expr = ast.Call(names[0], [ast.Call(names[1], [loop.iter], [])], [])
    call = loop.iter
    if (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "range"
        and not call.keywords
    ):
        value = call.args[0] if len(call.args) > 1 else ast.Constant(0)
    return make_assignment(loop.target, value, loop)


def make_assignment(target: ast.expr, value: ast.expr, where: ast.stmt) -> ast.stmt:
    """An assignment that nobody typed, at the place of a statement that somebody did."""
    made = ast.Assign([target], value, lineno=where.lineno, col_offset=where.col_offset)
    made.end_lineno, made.end_col_offset = (
        where.lineno,
        where.col_offset,
    )  # so that nobody takes it for typed text
    return ast.fix_missing_locations(made)


def is_entry(statement: ast.stmt) -> bool:
    """Whether a statement was made by `first_item` and the like rather than typed."""
    line, start, end_line, end = position(statement)
    return (line, start) == (end_line, end)


def is_shown(statement: ast.stmt) -> bool:
    """Whether a statement only prints, plots or waits."""
    if isinstance(statement, ast.If | ast.For | ast.With):
        return all(is_shown(item) for item in [*statement.body, *getattr(statement, "orelse", [])])
    if not isinstance(statement, ast.Expr):
        return isinstance(statement, ast.Pass)
    value = statement.value
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and _only_shows(value.func))


def ends_pass(statement: ast.stmt) -> bool:
    """Whether a statement of a loop's body may end the pass or the loop, as no statement outside a loop can."""
    if isinstance(statement, ast.Break | ast.Continue):
        return True
    if isinstance(statement, ast.For | ast.While):
        return any(map(ends_pass, statement.orelse))
    blocks = (getattr(statement, name, []) for name in ("body", "orelse", "finalbody"))
    return any(ends_pass(inner) for block in blocks for inner in block if isinstance(inner, ast.stmt))


def _only_shows(func: ast.expr) -> bool:
    if isinstance(func, ast.Name):
        return func.id in _SHOWN
    root = func
    while isinstance(root, ast.Attribute | ast.Call | ast.Subscript):
        root = root.func if isinstance(root, ast.Call) else root.value
    said = ast.unparse(func)
    return isinstance(root, ast.Name) and root.id in _SHOWN_MODULES and not said.startswith("sys.path")


def assigned(node: ast.AST) -> set[str]:
    """Names that a statement binds in its own scope."""
    found: set[str] = set()
    stack: list[ast.AST] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(item.name)
            continue
        if isinstance(item, ast.Lambda):
            continue
        if isinstance(item, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            continue
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            found.add(item.id)
        elif isinstance(item, ast.alias):
            found.add((item.asname or item.name).partition(".")[0])
        stack.extend(ast.iter_child_nodes(item))
    return found


def assigned_in(node: Function | ast.Lambda) -> set[str]:
    """Parameters and local names of a function."""
    body = node.body if isinstance(node.body, list) else []
    return {argument.arg for argument in arguments(node)}.union(*(assigned(s) for s in body))


def declared_global(node: ast.AST) -> set[str]:
    """Names that a function declares global."""
    return {name for item in ast.walk(node) if isinstance(item, ast.Global) for name in item.names}


def arguments(node: Function | ast.Lambda) -> list[ast.arg]:
    """All parameters of a function, in order."""
    a = node.args
    return [
        *a.posonlyargs,
        *a.args,
        *([a.vararg] if a.vararg else []),
        *a.kwonlyargs,
        *([a.kwarg] if a.kwarg else []),
    ]


def carried_by(loop: Loop) -> set[str]:
    """Names that a pass of a loop reads and that the pass before it may have bound."""
    if isinstance(loop, ast.While):
        return live_in([ast.Expr(loop.test), *loop.body])
    return live_in(loop.body) - {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}


def pass_line(loop: Loop) -> int:
    """A line that each pass of a loop comes to: its header, or the first of a body that nothing is tested for."""
    endless = isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant)
    return loop.body[0].lineno if endless else loop.lineno


def live_in(body: Sequence[ast.stmt]) -> set[str]:
    """Names that a block reads before it has bound them: what a loop carries from one pass to the next."""
    found: set[str] = set()
    bound: set[str] = set()
    for statement in body:
        _flow(statement, bound, found)
    return found


def _flow(node: ast.AST, bound: set[str], found: set[str]) -> None:
    """Walk in the order of execution, noting what is read before it is bound."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif node.id not in bound:
            found.add(node.id)
        return
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id not in bound:
        found.add(node.target.id)
    inner = bound
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        inner = bound | {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        bound.add(node.name)
    if not isinstance(node, _SCOPES):
        for child in _in_order(node):
            _flow(child, inner, found)


def _in_order(node: ast.AST) -> list[ast.AST]:
    """The children of a node in the order in which they are executed."""
    if isinstance(node, ast.Assign):
        return [node.value, *node.targets]
    if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        return [*([node.value] if node.value else []), node.target]
    if isinstance(node, ast.For):
        return [node.iter, node.target, *node.body, *node.orelse]
    return list(ast.iter_child_nodes(node))
