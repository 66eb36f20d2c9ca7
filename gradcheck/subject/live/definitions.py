"""What of a source is run again for live objects: its definitions and imports, and nothing that trains or loads.

The data that a module had made come with the live objects, as they were when they were handed over.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradcheck.subject.statements import assigned

_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_HARMLESS = (ast.Assign, ast.AnnAssign, ast.Pass)


def definitions(tree: ast.Module) -> ast.Module:
    r"""The definitions and imports of a module, in their places.

    Example:
        >>> ast.unparse(definitions(ast.parse("import numpy\nX = load()\ndef f(): return X")))
        'import numpy\n\ndef f():\n    return X'
    """
    return ast.Module([s for s in tree.body if _defines(s)], tree.type_ignores)


def definitions_alone(source: str) -> str:
    """The same as text; all else is left blank, so that every line keeps its number."""
    rows = source.split("\n")
    for statement in ast.parse(source).body:
        if not _defines(statement):
            end = statement.end_lineno or statement.lineno
            rows[statement.lineno - 1 : end] = [""] * (end - statement.lineno + 1)
    return "\n".join(rows)


def needed_early(tree: ast.Module) -> set[str]:
    """Names that definitions read while they are made: in class bodies, defaults, decorators, bases."""
    return {name for statement in definitions(tree).body for name in _early(statement)}


def defined(tree: ast.Module) -> set[str]:
    """Names that definitions and imports bind."""
    return {name for statement in definitions(tree).body for name in assigned(statement)}


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If | ast.Try):
        handlers = statement.handlers if isinstance(statement, ast.Try) else []
        final = statement.finalbody if isinstance(statement, ast.Try) else []
        inner = [*statement.body, *statement.orelse, *final, *(s for h in handlers for s in h.body)]
        return all(_defines(s) or isinstance(s, _HARMLESS) for s in inner)
    named = isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda)
    return named or isinstance(statement, _DEFINITIONS)


def _early(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        for part in [*defaults, *getattr(node, "decorator_list", [])]:
            yield from _early(part)
    elif isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            yield node.id
    else:
        for child in ast.iter_child_nodes(node):
            yield from _early(child)
