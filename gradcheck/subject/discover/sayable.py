"""What can be written down of a value or an expression: a number, a short array, an item of a tuple."""

from __future__ import annotations

import ast
import numbers
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.subject.discover.bindings import (
    is_drawn,
    last_assignment,
)
from gradcheck.subject.discover.leaves import Node, is_numeric
from gradcheck.subject.statements import Function

SMALL = 24


class CannotSayError(Exception):
    """A name stands for something that the wiring's scope cannot reach."""


def items_of(value: Any) -> Iterator[tuple[str, Any]]:
    """A value and the items inside it, two levels deep, each with the subscripts that lead to it."""
    yield "", value
    if isinstance(value, tuple | list) and len(value) <= 64:
        for i, item in enumerate(value):
            yield f"[{i}]", item
            if isinstance(item, tuple | list) and len(item) <= 64:
                for j, inner in enumerate(item):
                    yield f"[{i}][{j}]", inner
    elif isinstance(value, dict) and len(value) <= 64:
        for key, item in value.items():
            if isinstance(key, str | int):
                yield f"[{key!r}]", item


def literal(name: str, names: Mapping[str, Any]) -> ast.expr:
    """A plain value that a name has, written out; raises `CannotSayError` where it has none."""
    value = names.get(name, CannotSayError)
    if isinstance(value, np.generic) and np.ndim(value) == 0:
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return parsed(repr(value)) if value == value else parsed("np.nan")  # noqa: PLR0124 -- NaN differs from itself
    raise CannotSayError(name)


def can_be_named(node: Node, space: Mapping[str, Any], fresh: set[int] | None) -> bool:
    """Whether an object stands for itself wherever it is seen, and is not just a number or left behind."""
    value = node.value
    if isinstance(value, numbers.Number | str | None | bool) or (isinstance(value, tuple) and not value):
        return False
    if fresh is None or not isinstance(value, np.ndarray | list) or node.owner is space:
        return True
    return id(value) in fresh or not is_numeric(value)


def small(name: str, names: Mapping[str, Any]) -> ast.expr:
    """A short list or array of numbers, written out."""
    value = names.get(name, ())
    text = repr(value) if isinstance(value, list) else f"np.array({np.asarray(value).tolist()!r})"
    if not is_numeric(value) or np.size(value) > SMALL:
        raise CannotSayError(name)
    return parsed(text)


def comes_from_draw(function: Function | ast.Lambda, name: str, line: int, *, depth: int) -> bool:
    """Whether a name goes back to a random draw, by at most `depth` assignments."""
    found = last_assignment(function, name, line)
    if found is None or depth == 0:
        return False
    names = {n.id for n in ast.walk(found[0]) if isinstance(n, ast.Name)} - {name}
    return is_drawn(found[0]) or any(comes_from_draw(function, n, found[2], depth=depth - 1) for n in names)


def item_at(node: ast.expr, suffix: str) -> ast.expr:
    """An item of an expression; of a tuple that is written out, the item itself."""
    while (
        isinstance(node, ast.Tuple)
        and (found := re.match(r"\[(\d+)\]", suffix))
        and int(found[1]) < len(node.elts)
    ):
        node, suffix = node.elts[int(found[1])], suffix[found.end() :]
    return parsed(f"({ast.unparse(ast.fix_missing_locations(node))}){suffix}") if suffix else node


def parsed(text: str) -> ast.expr:
    """The node of an expression."""
    return ast.parse(text, mode="eval").body


def split(expression: str) -> tuple[str, str]:
    """The name that a path starts from, and the rest of it."""
    for at, letter in enumerate(expression):
        if letter in ".[":
            return expression[:at], expression[at:]
    return expression, ""
