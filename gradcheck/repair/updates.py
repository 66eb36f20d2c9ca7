"""Updates: what a statement adds to or takes from, in a spelling that can be compared with the terms in scope."""

from __future__ import annotations

import ast

from gradcheck.experiments.forms import whole_target


def in_python(text: str) -> str:
    """An expression as Python spells it, whose quotation marks need not be the author's.

    Example:
        >>> in_python('grads["W"]')
        "grads['W']"
    """
    return ast.unparse(ast.parse(text, mode="eval"))


def changed(node: ast.AST) -> str:
    """What a statement adds to or takes from, as text; empty where it does neither."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        return ast.unparse(whole_target(node.target))
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        target, start = ast.unparse(node.targets[0]), ast.unparse(node.value.left)
        return target if target == start and isinstance(node.value.op, ast.Add | ast.Sub) else ""
    return ""
