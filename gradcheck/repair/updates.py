"""Updates: statements of the gradient's own run that change a parameter under its hands."""

from __future__ import annotations

import ast

import numpy as np

from gradcheck.experiments.watched import whole_target
from gradcheck.repair.context import Context


def updates(context: Context) -> frozenset[int]:
    """Numbers of the suspect statements that add to a parameter, or take from it, in place or by a new array."""
    values = [value for value in context.tracer.truth.values.values() if value.size > 1]
    found = set()
    for statement in context.statements():
        target = _changed(statement.node)
        held = [t.value for t in context.terms(statement.number) if target and in_python(t.text) == target]
        if any(
            np.shape(one) == value.shape and np.array_equal(one, value) for one in held for value in values
        ):
            found.add(statement.number)
    return frozenset(found)


def in_python(text: str) -> str:
    """An expression as Python spells it, whose quotation marks need not be the author's.

    Example:
        >>> in_python('grads["W"]')
        "grads['W']"
    """
    return ast.unparse(ast.parse(text, mode="eval"))


def _changed(node: ast.AST) -> str:
    """What a statement adds to or takes from, as text; empty where it does neither."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        return ast.unparse(whole_target(node.target))
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        target, start = ast.unparse(node.targets[0]), ast.unparse(node.value.left)
        return target if target == start and isinstance(node.value.op, ast.Add | ast.Sub) else ""
    return ""
