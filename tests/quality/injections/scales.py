"""Constant factors of the whole gradient."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.quality.injections.statements import Injector, Pair, bracket, statement
from tests.quality.styles import Roles


def summed(roles: Roles) -> Iterator[Pair]:
    role = statement(roles.delta)
    if isinstance(role.value, ast.BinOp) and isinstance(role.value.op, ast.Div):
        yield role.with_value(ast.unparse(role.value.left))


def mean_twice(roles: Roles) -> Iterator[Pair]:
    if roles.n:
        yield statement(roles.delta).with_value(f"({statement(roles.delta).right}) / {roles.n}")


def stray_factor(roles: Roles) -> Iterator[Pair]:
    yield statement(roles.delta).with_value(f"3 * ({statement(roles.delta).right})")


def loss_factor(roles: Roles) -> Iterator[Pair]:
    """The 2 of a squared error's derivative left out, or put in where the loss has a half."""
    role = statement(roles.delta)
    if roles.squared:
        yield role.with_value(
            role.right[4:] if role.right.startswith("2 * ") else f"2 * {bracket(role.right)}"
        )


SCALES: dict[str, Injector] = {
    "GC321": summed,
    "GC322": mean_twice,
    "GC323": stray_factor,
    "GC324": loss_factor,
}
