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
        target = _changed(context, statement.node)
        held = [term.value for term in context.terms(statement.number) if term.text == target]
        if any(
            np.shape(one) == value.shape and np.array_equal(one, value) for one in held for value in values
        ):
            found.add(statement.number)
    return frozenset(found)


def _changed(context: Context, node: ast.AST) -> str:
    """What a statement adds to or takes from, as text; empty where it does neither."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        return context.text(whole_target(node.target))
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        target, start = context.text(node.targets[0]), context.text(node.value.left)
        return target if target == start and isinstance(node.value.op, ast.Add | ast.Sub) else ""
    return ""
