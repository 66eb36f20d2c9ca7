"""Copies: taken where a name was shared, and taken all the way down."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context


def take_copies(context: Context) -> Iterator[Candidate]:
    """x.copy() for x where an array is assigned, copy.deepcopy(x) for a shallow copy of a container."""
    for statement in context.statements():
        node = statement.node
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute | ast.Subscript):
            site = context.source.site_of(node.value)
            if isinstance(context.value(site), np.ndarray):
                yield context.edit(site, f"{context.source.text(site)}.copy()", "take-copy", 1.1)
    for site in context.expressions(ast.Call):
        inner = shallow_copy_of(site.node)
        if inner is not None and _is_container(context.value(site)):
            text = f"{_deepcopy(context)}({context.text(inner)})"
            yield context.edit(site, text, "deepen-copy", 1.0)


def shallow_copy_of(node: ast.AST) -> ast.expr | None:
    """What is copied by np.copy(x), list(x), dict(x), copy.copy(x), x.copy(); None for any other call."""
    if not isinstance(node, ast.Call):
        return None
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in {"copy", "array"}:
        return node.args[0] if node.args else function.value
    if isinstance(function, ast.Name) and function.id in {"list", "dict", "tuple"} and len(node.args) == 1:
        return node.args[0]
    return None


def _is_container(value: object) -> bool:
    return isinstance(value, list | dict | tuple) or (
        isinstance(value, np.ndarray) and value.dtype.kind == "O"
    )


def _deepcopy(context: Context) -> str:
    """How the file can spell `copy.deepcopy`."""
    for site in context.source.sites:
        if isinstance(site.node, ast.ImportFrom) and site.node.module == "copy":
            return "deepcopy"
        if isinstance(site.node, ast.Import) and any(alias.name == "copy" for alias in site.node.names):
            return "copy.deepcopy"
    return '__import__("copy").deepcopy'
