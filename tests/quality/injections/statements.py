"""Statements taken apart, so that a fault can be put into their value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tests.quality.styles import Roles

Pair: TypeAlias = tuple[str, str]
"""A text, and what replaces it."""

Injector: TypeAlias = Callable[[Roles], Iterator[Pair]]
"""What yields the places of a fault in a network."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement taken apart: `target = value`, with `x /= n` read as `x = x / n`."""

    text: str
    target: str
    value: ast.expr

    @property
    def right(self) -> str:
        """The value as text."""
        return ast.unparse(self.value)

    def with_value(self, value: str) -> Pair:
        """The statement with another value."""
        return self.text, f"{self.target} = {value}"


def statement(text: str) -> Statement:
    """A statement taken apart."""
    node = ast.parse(text).body[0]
    if isinstance(node, ast.AugAssign):
        target = ast.unparse(node.target)
        load = ast.parse(target, mode="eval").body
        return Statement(text, target, ast.BinOp(load, node.op, node.value))
    assert isinstance(node, ast.Assign)
    return Statement(text, ast.unparse(node.targets[0]), node.value)


def factors(value: ast.expr) -> list[ast.expr]:
    """The factors of a product, what comes from above first."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        return [*factors(value.left), value.right]
    return [value]


def derivative(role: Statement) -> tuple[str, str]:
    """What comes from above, and act'(z), of a hidden delta."""
    above, *rest = factors(role.value)
    return ast.unparse(above), " * ".join(_factor(part) for part in rest)


def _factor(node: ast.expr) -> str:
    text = ast.unparse(node)
    return f"({text})" if isinstance(node, ast.BinOp | ast.Compare | ast.UnaryOp) else text


def bracket(text: str) -> str:
    """A text in brackets, where it could not be a factor without them."""
    node = ast.parse(text, mode="eval").body
    return f"({text})" if isinstance(node, ast.BinOp) else text
