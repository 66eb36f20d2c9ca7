"""Putting the changed code of one function into a loaded program, without loading the module again."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from typing import Any

from gradcheck.subject.program import Program
from gradcheck.trace.sites import SourceMap


class CannotSwapError(Exception):
    """The function cannot be replaced alone; the whole module has to be loaded again."""


def function_span(source: SourceMap, qualified: str) -> tuple[int, int]:
    """Character offsets of a function's definition, decorators left out, whole lines."""
    node = _definition(source.tree, qualified)
    end_line = node.end_lineno or node.lineno
    return source.line_start(node.lineno), source.line_start(end_line + 1) if end_line < _lines(
        source
    ) else len(source.source)


def compile_function(segment: str, qualified: str, path: str, line: int = 1) -> types.CodeType:
    """The code of a function from the lines of its definition, indented as in the file.

    Args:
        segment: those lines.
        qualified: the function's name, with those of its classes before it.
        path: the file it believes to be in.
        line: the line of the file at which it begins: whoever holds a function at one of its lines goes by that.

    Raises:
        SyntaxError: when the lines do not parse.
    """
    *owners, name = qualified.split(".")
    tree = ast.parse(
        f"class {owners[-1] if owners else '_'}:\n{segment}" if segment[:1] in " \t" else segment
    )
    ast.increment_lineno(tree, line - 1 - (segment[:1] in " \t"))
    code = compile(tree, path, "exec", dont_inherit=True)
    found = _nested(code, name)
    if found is None:
        raise CannotSwapError(qualified)
    return found


def swapped(program: Program, qualified: str, code: types.CodeType) -> Callable[[], None]:
    """Make `qualified` run `code` in a loaded program; returns what undoes it.

    Raises:
        CannotSwapError: when it is not a plain function, or closes over other variables than `code`.
    """
    function = _live_function(program.module, qualified)
    original = function.__code__
    if original.co_freevars != code.co_freevars:
        raise CannotSwapError(qualified)
    function.__code__ = code

    def restore() -> None:
        function.__code__ = original

    return restore


def _definition(tree: ast.Module, qualified: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    scope: list[ast.AST] = [tree]
    node: ast.AST | None = None
    for name in qualified.split("."):
        node = next((n for parent in scope for n in _named(parent) if n.name == name), None)
        if node is None:
            raise CannotSwapError(qualified)
        scope = [node]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        raise CannotSwapError(qualified)
    return node


def _named(parent: ast.AST) -> list[Any]:
    """Definitions directly inside, looking through `if` and `try` but not into other definitions."""
    found: list[Any] = []
    for child in ast.iter_child_nodes(parent):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(child)
        elif isinstance(child, ast.If | ast.Try | ast.With):
            found += _named(child)
    return found


def _lines(source: SourceMap) -> int:
    return source.source.count("\n") + (not source.source.endswith("\n"))


def _nested(code: types.CodeType, name: str) -> types.CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            if constant.co_name == name:
                return constant
            found = (
                _nested(constant, name) if constant.co_name == "_" or constant.co_name[:1].isupper() else None
            )
            if found is None and constant.co_name not in {name, "<lambda>"}:
                found = _nested(constant, name)
            if found is not None:
                return found
    return None


def _live_function(module: types.ModuleType, qualified: str) -> types.FunctionType:
    found: Any = module
    for name in qualified.split("."):
        found = vars(found).get(name)
        found = getattr(found, "__func__", None) or getattr(found, "fget", None) or found
    if not isinstance(found, types.FunctionType):
        raise CannotSwapError(qualified)
    return found
