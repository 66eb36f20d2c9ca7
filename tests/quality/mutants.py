"""Faults of every kind that people make, put into the statements that compute a gradient.

Written apart from the operators of repair, which must not be the measure of themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.trace import SourceMap, Tracer
from tests.quality.planted import Planted

Change = tuple[str, ast.AST, str]
"""A kind, the node that is replaced, and what replaces it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A statement of the gradient, and what was in scope there."""

    source: SourceMap
    node: ast.stmt
    scope: dict[str, Any]

    def text(self, node: ast.AST) -> str:
        """The node as typed."""
        site = self.source.site_of(node)
        return self.source.source[site.start : site.end]


def mutants(tracer: Tracer, statements: frozenset[int]) -> list[Planted]:
    """Every fault that can be put into some statements, in the order of the source."""
    found: dict[tuple[int, int, str], Planted] = {}
    source = tracer.source
    for number in sorted(statements):
        site = source.sites[number]
        if not isinstance(site.node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return | ast.Expr):
            continue
        place = Place(source, site.node, tracer.recorder.scopes.get(number, {}))
        for change in CHANGES:
            for kind, node, text in change(place):
                at = source.site_of(node)
                found.setdefault((at.start, at.end, text), Planted(kind, at.start, at.end, text, at.line))
    return list(found.values())


def other_sign(place: Place) -> Iterator[Change]:
    """a + b for a - b, -a for a, += for -=."""
    for node in _expressions(place, ast.BinOp):
        swapped = {ast.Add: "-", ast.Sub: "+"}.get(type(node.op))
        if swapped:
            yield "sign", node, f"{place.text(node.left)} {swapped} {place.text(node.right)}"
    value = getattr(place.node, "value", None)
    if isinstance(place.node, ast.Assign) and isinstance(
        value, ast.BinOp | ast.Name | ast.Call | ast.Attribute
    ):
        yield "sign", value, f"-({place.text(value)})"


def missing_factor(place: Place) -> Iterator[Change]:
    """A for a * b, b for a * b, a for a / b."""
    for node in _expressions(place, ast.BinOp):
        if isinstance(node.op, ast.Mult):
            yield "missing factor", node, place.text(node.left)
            yield "missing factor", node, place.text(node.right)
        elif isinstance(node.op, ast.Div):
            yield "missing divisor", node, place.text(node.left)


def extra_factor(place: Place) -> Iterator[Change]:
    """2 a, and a / 2, for what is assigned."""
    value = getattr(place.node, "value", None)
    if isinstance(place.node, ast.Assign) and isinstance(value, ast.BinOp | ast.Call | ast.Name):
        yield "extra factor", value, f"2 * ({place.text(value)})"
        yield "extra factor", value, f"({place.text(value)}) / 2"


def wrong_transpose(place: Place) -> Iterator[Change]:
    """A for a.T, the operands of a product of matrices the other way round."""
    for node in _expressions(place, ast.Attribute):
        if node.attr == "T":
            yield "transpose", node, place.text(node.value)
    for node in _expressions(place, ast.BinOp):
        if isinstance(node.op, ast.MatMult):
            yield "operand order", node, f"{place.text(node.right)} @ {place.text(node.left)}"


def wrong_axis(place: Place) -> Iterator[Change]:
    """axis=1 for axis=0, a mean for a sum, a sum for a mean."""
    for node in _expressions(place, ast.Call):
        for keyword in node.keywords:
            if (
                keyword.arg == "axis"
                and isinstance(keyword.value, ast.Constant)
                and keyword.value.value in (0, 1)
            ):
                yield "axis", keyword.value, str(1 - keyword.value.value)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in {"sum", "mean"}:
            other = "mean" if name == "sum" else "sum"
            head = place.text(node.func)
            yield "sum or mean", node, head[: -len(name)] + other + place.text(node)[len(head) :]


def wrong_power(place: Place) -> Iterator[Change]:
    """A for a**2, a for 1 - a."""
    for node in _expressions(place, ast.BinOp):
        if isinstance(node.op, ast.Pow):
            yield "power", node, place.text(node.left)
        one = isinstance(node.left, ast.Constant) and node.left.value == 1
        if isinstance(node.op, ast.Sub) and one:
            yield "derivative", node, place.text(node.right)


def other_name(place: Place) -> Iterator[Change]:
    """Another array of the same shape for a local one."""
    arrays = {name: np.shape(v) for name, v in place.scope.items() if isinstance(v, np.ndarray) and v.ndim}
    for node in _expressions(place, ast.Name):
        shape = arrays.get(node.id)
        others = [name for name in arrays if name != node.id and arrays[name] == shape] if shape else []
        for name in others[:2]:
            yield "other array", node, name


def other_index(place: Place) -> Iterator[Change]:
    """The layer before or after: a[i + 1] for a[i]."""
    for node in _expressions(place, ast.Subscript):
        index = node.slice
        if isinstance(index, ast.Constant) and type(index.value) is int:
            yield "index", index, str(index.value + 1)
        elif isinstance(index, ast.BinOp) and isinstance(index.op, ast.Add | ast.Sub):
            yield "index", index, place.text(index.left)


def missing_statement(place: Place) -> Iterator[Change]:
    """Nothing for a statement that changes something in place."""
    if isinstance(place.node, ast.AugAssign):
        yield "missing statement", place.node, "pass"


CHANGES: tuple[Callable[[Place], Iterator[Change]], ...] = (
    other_sign,
    missing_factor,
    extra_factor,
    wrong_transpose,
    wrong_axis,
    wrong_power,
    other_name,
    other_index,
    missing_statement,
)


def _expressions(place: Place, kind: Any) -> Iterator[Any]:
    """Expressions of a kind that a statement reads, those in its target left out."""
    value = getattr(place.node, "value", None)
    if value is None:
        return
    for node in ast.walk(value):
        if isinstance(node, kind) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            yield node
