"""Updates: what a statement adds to or takes from, in a spelling that can be compared with the terms in scope."""

from __future__ import annotations

import ast

import numpy as np

from gradcheck.experiments.forms import whole_target
from gradcheck.trace import Site, Tracer


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


def rate_of(tracer: Tracer) -> float | None:
    """The rate by which the gradient is recovered from an update, and which is no part of it; None without one."""
    step = tracer.truth.point.wiring.step
    return float(tracer.program.start().evaluate(step.lr)) if step is not None else None


def reads_of(number: float, tracer: Tracer) -> tuple[Site, ...]:
    """Where the gradient's run reads a number: a name, an attribute, an item or a literal that is nothing else."""
    read = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant)
    return tuple(
        tracer.source.sites[at]
        for at, sighting in tracer.recorder.seen.items()
        if isinstance(tracer.source.sites[at].node, read)
        and all(isinstance(value, float | int | np.number) and value == number for value in sighting.values)
    )
