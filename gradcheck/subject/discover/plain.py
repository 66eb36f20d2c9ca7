"""Whether a statement only moves things and calls functions, or does arithmetic of its own."""

from __future__ import annotations

import ast


def is_plain(statement: ast.stmt) -> bool:
    """Whether a statement only moves things and calls functions, and does no arithmetic of its own."""
    if isinstance(statement, ast.AugAssign):
        return False
    for node in ast.walk(statement):
        if isinstance(node, ast.BinOp) and not _is_index(statement, node):
            return False
        if isinstance(node, ast.AugAssign):
            return False
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _computes(node.func):
            return False
    return True


def _computes(func: ast.Attribute) -> bool:
    return _is_numpy(func) and func.attr not in _MOVES and not _is_random(func)


_MOVES = frozenset(
    {"array", "asarray", "arange", "zeros", "zeros_like", "ones", "empty", "copy", "reshape", "atleast_2d"}
    | {"expand_dims", "vstack", "hstack", "concatenate", "stack", "transpose", "ravel", "squeeze", "eye"}
    | {"random", "permutation", "shuffle", "split", "array_split", "newaxis"}
)


def _is_numpy(func: ast.Attribute) -> bool:
    root: ast.expr = func
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in {"np", "numpy", "math"}


def _is_random(func: ast.Attribute) -> bool:
    return isinstance(func.value, ast.Attribute) and func.value.attr == "random"


def _is_index(statement: ast.stmt, node: ast.BinOp) -> bool:
    """Whether arithmetic is about places in an array rather than about its numbers."""
    for holder in ast.walk(statement):
        if isinstance(holder, ast.Subscript) and any(n is node for n in ast.walk(holder.slice)):
            return True
        if (
            isinstance(holder, ast.Call)
            and isinstance(holder.func, ast.Name)
            and holder.func.id in {"range", "slice", "len", "min"}
            and any(n is node for argument in holder.args for n in ast.walk(argument))
        ):
            return True
    return False
