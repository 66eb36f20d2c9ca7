"""Names that a script gives to parts of its samples: slices of an array, along either axis, and slice objects."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.trace import SourceMap

Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cut:
    """A name that is bound to a part of another.

    Attributes:
        site: number of the statement that binds it.
        function: where.
        name: the name.
        base: what it is a part of; empty for a slice object, which may cut any array.
        axis: the axis that is cut.
        whole: whether nothing is left out: then it is a cut only beside another of the same statement.
    """

    site: int
    function: str
    name: str
    base: str
    axis: int = 0
    whole: bool = False


def cuts_in(source: SourceMap) -> list[Cut]:
    """Every such name of a file."""
    found: list[Cut] = []
    for site in source.sites:
        if isinstance(site.node, ast.Assign):
            pairs = [(t, v) for t, v in pairs_of(site.node) if isinstance(t, ast.Name)]
            made = [
                Cut(site.number, site.function, t.id, *part)
                for t, v in pairs
                if (part := _cut(v)) is not None
            ]
            bases = {cut.base: cut.axis for cut in made}
            found += made
            found += [
                Cut(site.number, site.function, t.id, v.id, bases[v.id], whole=True)
                for t, v in pairs
                if isinstance(v, ast.Name) and v.id in bases
            ]
    return found


def pairs_of(node: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
    """What is bound to what; tuples on both sides are taken apart."""
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def bounds_of(node: ast.expr) -> ast.Slice | ast.Call | None:
    """The one slice of an expression that takes a part along one axis, or the call that makes a slice object."""
    if isinstance(node, ast.Call):
        return node if getattr(node.func, "id", "") == "slice" and 1 <= len(node.args) <= 2 else None
    if not isinstance(node, ast.Subscript):
        return None
    if isinstance(node.slice, ast.Slice):
        return node.slice
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
    slices = [part for part in parts if isinstance(part, ast.Slice)]
    taking = [part for part in slices if part.lower is not None or part.upper is not None]
    return taking[0] if len(taking) == 1 and len(slices) == len(parts) else None


def ends_of(bounds: ast.Slice | ast.Call) -> tuple[ast.expr | None, ast.expr | None]:
    """Where a slice begins and ends; None where it leaves nothing out on that side."""
    if isinstance(bounds, ast.Slice):
        return bounds.lower, bounds.upper
    ends = [None if _is(argument, None) else argument for argument in bounds.args]
    lower, upper = (None, ends[0]) if len(ends) == 1 else (ends[0], ends[1])
    return None if lower is not None and _is(lower, 0) else lower, upper


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value == value and type(node.value) is type(value)


def _cut(node: ast.expr) -> tuple[str, int, bool] | None:
    """What an expression is a part of, along which axis, and whether it is all of that."""
    bounds = bounds_of(node)
    if bounds is None:
        return None
    if isinstance(node, ast.Subscript):
        axis = node.slice.elts.index(bounds) if isinstance(node.slice, ast.Tuple) else 0
        return ast.unparse(node.value), axis, False
    return "", 0, ends_of(bounds) == (None, None)


def chosen(
    source: SourceMap, cut: Cut, other: Cut, scopes: Mapping[int, Scope]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]] | None:
    """What two cuts of one array choose, with the array, the samples as rows; None where that was not seen."""
    scope = next((s for s in scopes.values() if {cut.name, other.name} <= s.keys()), None)
    if scope is None:
        return None
    one, two, base, axis = scope[cut.name], scope[other.name], scope.get(cut.base), cut.axis
    if isinstance(one, slice) and isinstance(two, slice):
        base, axis = next(_indexed(source, cut, scope), (None, 0))
        rows = np.arange(base.shape[axis]) if base is not None else np.arange(0)
        one, two = (np.take(base, rows[part], axis) if base is not None else None for part in (one, two))
    arrays = [part for part in (one, two, base) if isinstance(part, np.ndarray)]
    if len(arrays) < 3 or any(part.ndim <= axis for part in arrays):
        return None
    one, two, base = (np.moveaxis(part, axis, 0) for part in arrays)
    return one, two, base


def _indexed(source: SourceMap, cut: Cut, scope: Scope) -> Iterator[tuple[NDArray[Any], int]]:
    """The tables that a slice object is used on in its function, with the axis that it cuts."""
    for site in source.sites:
        node = site.node
        if site.function == cut.function and isinstance(node, ast.Subscript):
            value = scope.get(ast.unparse(node.value))
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            places = [axis for axis, part in enumerate(parts) if ast.unparse(part) == cut.name]
            if places and isinstance(value, np.ndarray) and value.ndim > max(1, places[0]):
                yield value, places[0]
