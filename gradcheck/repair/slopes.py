"""Slopes: how act' is written, of what is in scope at a statement."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.repair.context import Context
from gradcheck.repair.terms import Term

SLOPES = {"sin": "np.cos({})", "log1p": "(1 / (1 + np.exp(-{})))", "arctan": "(1 / (1 + {} ** 2))"}
# Activations that are written in place rather than as a function, and act'(z): proposed in files that call them.


def derivatives(context: Context, statement: int, shape: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    """Texts of factors of a shape that look like a derivative, with their cost."""
    terms = [term for term in context.terms(statement) if term.shape == shape and _is_float(term.value)]
    for term in terms:
        for text in forms(term):
            yield text, 1.2 + term.cost
        for function, slope in SLOPES.items():
            if re.search(rf"\b{function}\(", context.source.source):
                yield slope.format(term.text), 1.2 + term.cost
    for call in _own_calls(context):
        for term in terms:
            yield call.format(term.text), 1.1 + term.cost


def forms(term: Term) -> list[str]:
    """How act' is written in terms of h = act(z), or of z itself."""
    h = term.text if term.text.replace("_", "").replace(".", "").isalnum() else f"({term.text})"
    h = term.text if term.text.endswith("]") else h
    value = np.asarray(term.value)
    found = [f"({h} > 0)"]
    if value.size and np.all(np.abs(value) <= 1.0):
        found.append(f"(1 - {h} ** 2)")
    if value.size and np.all((value >= 0.0) & (value <= 1.0)):
        found.append(f"({h} * (1 - {h}))")
    found.append(f"(1 - np.tanh({h}) ** 2)")
    return found


def bare(text: str) -> str:
    """A product without the parentheses around it: h * (1 - h) for (h * (1 - h)); sums keep theirs."""
    return text[1:-1] if text.startswith("(") and text.endswith("))") else text


def times(left: str, slope: str) -> str:
    """A factor times a slope, as a person writes it.

    Example:
        >>> times("d", "(h * (1 - h))"), times("d", "(1 / (1 + np.exp(-z)))")
        ('d * h * (1 - h)', 'd / (1 + np.exp(-z))')
    """
    plain = bare(slope)
    return f"{left} / {plain[4:]}" if plain.startswith("1 / ") else f"{left} * {plain}"


def is_own(context: Context, node: ast.expr) -> bool:
    """Whether a callee is defined in the file: a function, a method of self, or a function kept on self."""
    if isinstance(node, ast.Name):
        return any(
            isinstance(s.node, ast.FunctionDef) and s.node.name == node.id for s in context.source.sites
        )
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def _own_calls(context: Context) -> list[str]:
    """The file's own one-argument calls as templates: 'relu_slope({})', 'self.act_d({})', 'sigmoid({}, True)'."""
    found: dict[str, None] = {}
    for site in context.source.sites:
        node = site.node
        if not isinstance(node, ast.Call) or not node.args or isinstance(node.args[0], ast.Starred):
            continue
        flags = all(isinstance(argument, ast.Constant) for argument in node.args[1:]) and all(
            isinstance(keyword.value, ast.Constant) for keyword in node.keywords
        )
        if flags and is_own(context, node.func):
            first = context.source.site_of(node.args[0])
            text = context.source.text(site)
            head, tail = text[: first.start - site.start], text[first.end - site.start :]
            if "{" not in head + tail and "\n" not in head + tail:
                found[f"{head}{{}}{tail}"] = None
    for name in _one_argument_functions(context):
        found[f"{name}({{}})"] = None
    return list(found)


def _one_argument_functions(context: Context) -> list[str]:
    return [
        site.node.name
        for site in context.source.sites
        if isinstance(site.node, ast.FunctionDef)
        and site.parent < 0
        and len(site.node.args.args) - len(site.node.args.defaults) == 1
    ]


def _is_float(value: Any) -> bool:
    return (
        value.dtype.kind == "f" if isinstance(value, np.ndarray) else isinstance(value, float | np.floating)
    )
