"""Places in a running program: what an expression of its source stands for, without computing anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from gradcheck.trace import Site, SourceMap


def lookup(node: ast.AST, names: Mapping[str, Any]) -> Any:
    """The object that a name, attribute or item stands for; None for anything that computes.

    Example:
        >>> lookup(ast.parse("cache[key]", mode="eval").body, {"cache": {"A": 3}, "key": "A"})
        3
    """
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(lookup(node.value, names), node.attr, None)
    if is_getattr(node):
        owner, key = (lookup(part, names) for part in node.args)
        return getattr(owner, key, None) if isinstance(key, str) else None
    return _item(node, names) if isinstance(node, ast.Subscript) else None


def is_getattr(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether an expression is `getattr(owner, name)`, which computes nothing."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and len(node.args) == 2
    )


def _item(node: ast.Subscript, names: Mapping[str, Any]) -> Any:
    owner, key = lookup(node.value, names), lookup(node.slice, names)
    if not isinstance(owner, list | tuple | dict) or key is None:
        return None
    try:
        return owner[key]
    except (TypeError, KeyError, IndexError):
        return None


def leaves(node: ast.AST) -> Iterator[ast.expr]:
    """The largest names, attributes and items in an expression, each as a whole."""
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) or is_getattr(node):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Call) and child is node.func):
            yield from leaves(child)


def numeric(value: Any) -> bool:
    """Whether a value is an array of numbers."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiu"


def scalar(value: Any) -> bool:
    """Whether a value is one real number."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def in_loop(source: SourceMap, site: Site) -> Site | None:
    """The innermost loop around a statement within its function; None where there is none."""
    parent = site.parent
    while parent >= 0:
        above = source.sites[parent]
        if isinstance(above.node, ast.For | ast.While):
            return above
        if isinstance(above.node, ast.FunctionDef | ast.ClassDef):
            return None
        parent = above.parent
    return None


def multiple(one: NDArray[Any], other: NDArray[Any]) -> float | None:
    """The factor c for which `one` is c times `other`, entry by entry; None where there is none.

    Example:
        >>> multiple(np.array([2.0, -4.0]), np.array([-1.0, 2.0]))
        -2.0
    """
    if one.shape != other.shape or not one.size:
        return None
    power = float(np.vdot(other, other))
    if power == 0.0 or not np.isfinite(power):
        return None
    factor = float(np.vdot(other, one)) / power
    size = float(np.linalg.norm(one))
    return factor if float(np.linalg.norm(one - factor * other)) <= 1e-9 * size and size > 0 else None


def arrays_in(value: Any) -> Iterator[NDArray[Any]]:
    """The arrays in a value, through dicts, lists and tuples."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from arrays_in(item)
    elif isinstance(value, np.ndarray):
        yield value
