"""Faults of the gradients of weights."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.quality.injections.statements import Injector, Pair, Statement, statement
from tests.quality.styles import Roles


def preactivation(roles: Roles) -> Iterator[Pair]:
    for hidden in roles.hidden:
        for weight in roles.weights:
            if hidden.z and re.search(re.escape(hidden.h) + r"(?!\w)", weight):
                yield weight, weight.replace(hidden.h, hidden.z)


def inputs_for_activations(roles: Roles) -> Iterator[Pair]:
    for hidden in roles.hidden:
        for weight in roles.weights:
            if hidden.h in weight:
                yield weight, weight.replace(hidden.h, roles.x)


def _product(roles: Roles, weight: str) -> tuple[Statement, str, str]:
    """A weight gradient: its statement, its matrix product, and what remains, with ? in the product's place."""
    role = statement(weight)
    for node in ast.walk(role.value):
        called = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"dot", "outer"}
        if called or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)):
            text = ast.unparse(node)
            return role, text, role.right.replace(text, "?", 1)
    del roles
    return role, "", role.right


def weight_transposed(roles: Roles) -> Iterator[Pair]:
    for weight in roles.weights:
        role, product, rest = _product(roles, weight)
        yield role.with_value(rest.replace("?", f"({product}).T"))


def one_block_scaled(roles: Roles) -> Iterator[Pair]:
    for weight in roles.weights:
        role, product, rest = _product(roles, weight)
        more = f"? / {roles.n}" if roles.n else "2 * ?"
        yield role.with_value(rest.replace("?", more).replace("?", f"({product})"))


def sample_left_out(roles: Roles) -> Iterator[Pair]:
    for weight in roles.weights if roles.rows else ():
        found = re.search(r"([\w.]+)\.T(?: @ |\.dot\()(\w+)", weight)
        if found:
            new = found[0].replace(found[1], f"{found[1]}[1:]", 1)
            yield weight, weight.replace(found[0], f"{new}[1:]")


def _matrices(weight: str) -> tuple[str, str, str] | None:
    """The product in a weight's gradient and its two sides: samples as rows, A.T @ B, or as columns, A @ B.T."""
    found = re.search(r"([\w.]+(?:\[[^\]]*\])?)\.T(?: @ |\.dot\()(\w+)\)?", weight)
    if found is None:
        found = re.search(r"(?:np\.dot\()?(\w+)(?: @ |, )([\w.]+(?:\[[^\]]*\])?)\.T\)?", weight)
    return (found[0], found[1], found[2]) if found else None


def rank_one(roles: Roles) -> Iterator[Pair]:
    """The outer product of the first sample alone."""
    first = "[0]" if roles.rows else "[:, 0]"
    for weight in roles.weights if roles.n else ():
        found = _matrices(weight)
        if found:
            text, one, other = found
            yield weight, weight.replace(text, f"np.outer({one}{first}, {other}{first})", 1)


def weights_for_activations(roles: Roles) -> Iterator[Pair]:
    """W times the delta, summed over the samples, where h times the delta belongs."""
    for weight, matrix in zip(roles.weights, roles.matrices, strict=False):
        found = _matrices(weight)
        if found and roles.n:
            text, one, other = found
            delta = f"{other}.sum(axis=0)" if roles.rows else f"{one}.sum(axis=1, keepdims=True)"
            yield weight, weight.replace(text, f"({matrix} * {delta})", 1)
        elif found:
            yield weight, weight.replace(found[0], f"{found[1]} * {matrix}", 1)
        elif outer := re.search(r"np\.outer\((\w+), \w+\)", weight):
            yield weight, weight.replace(outer[0], f"{outer[1]}[:, np.newaxis] * {matrix}", 1)


def shuffled(roles: Roles) -> Iterator[Pair]:
    """The inputs in another order than the deltas: backwards, or moved on by one."""
    backwards = roles.x + ("[::-1]" if roles.rows else "[:, ::-1]")
    for order in (backwards, f"np.roll({roles.x}, 1, axis={int(not roles.rows)})"):
        for weight in roles.weights if roles.n else ():
            yield weight, re.sub(rf"(?<!\w){re.escape(roles.x)}(?=\.T\b)", order, weight)


WEIGHTS: dict[str, Injector] = {
    "GC231": preactivation,
    "GC232": inputs_for_activations,
    "GC233": weight_transposed,
    "GC234": one_block_scaled,
    "GC235": rank_one,
    "GC236": shuffled,
    "GC242": weights_for_activations,
    "GC259": sample_left_out,
}
