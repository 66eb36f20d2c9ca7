"""Rows that are added to by their indices: of several additions to one row, an indexed += keeps the last alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context

CALLS: dict[type[ast.operator], str] = {ast.Add: "np.add.at", ast.Sub: "np.subtract.at"}


def add_repeated(context: Context) -> Iterator[Candidate]:
    """np.add.at(G, ids, d) for G[ids] += d and for G[ids] = d, where an index occurs more than once."""
    for statement in context.statements():
        node = statement.node
        target: ast.expr
        if isinstance(node, ast.AugAssign) and type(node.op) in CALLS:
            target, call = node.target, CALLS[type(node.op)]
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, call = node.targets[0], CALLS[ast.Add]
        else:
            continue
        if isinstance(target, ast.Subscript) and _repeats(context, target.slice):
            parts = (context.text(part) for part in (target.value, target.slice, node.value))
            index = f"({context.text(target.slice)})"
            whole, ids, added = parts
            ids = index if isinstance(target.slice, ast.Tuple) and not ids.startswith("(") else ids
            yield context.edit(statement, f"{call}({whole}, {ids}, {added})", "add-repeated", 0.9)


def _repeats(context: Context, index: ast.expr) -> bool:
    """Whether an index is an array, or a list, of whole numbers of which one occurs twice."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    for part in parts:
        value = context.value(context.source.site_of(part))
        known = isinstance(value, np.ndarray | list) and np.ndim(value) > 0
        if known and np.asarray(value).dtype.kind in "iu" and np.unique(value).size < np.size(value):
            return True
    return False
