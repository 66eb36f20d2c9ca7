"""The derivative of an activation: inserted where it is missing, taken of another quantity, in another form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.terms import Term
from gradcheck.trace import Site

SLOPES = {"sin": "np.cos({})", "log1p": "(1 / (1 + np.exp(-{})))", "arctan": "(1 / (1 + {} ** 2))"}
# Activations that are written in place rather than as a function, and act'(z): proposed in files that call them.


BARE = 0.15
# Taken off the cost where a statement only renames what it reads: nobody writes that unless something is missing.


def insert_derivatives(context: Context) -> Iterator[Candidate]:
    """X * act'(h) for x, where h has the shape of x."""
    for site in context.expressions(ast.Name, ast.Call, ast.BinOp, ast.Attribute, ast.Subscript):
        shape = context.shape(site)
        if shape is None or not _is_float(context.value(site)) or _is_target(context, site):
            continue
        for text, cost in _derivatives(context, site, shape):
            product = f"{context.factor(site.node)} * {_bare(text)}"
            wrapped = f"({product})" if context.needs_parentheses(site) else product
            renamed = BARE * _is_whole_value(context, site)
            yield context.edit(site, wrapped, "insert-derivative", cost + 0.1 * site.depth - renamed)


def _is_whole_value(context: Context, site: Site) -> bool:
    """Whether a name is all that a statement assigns: dz = da, a step of which nothing is left."""
    parent = context.source.sites[site.parent]
    return isinstance(site.node, ast.Name) and isinstance(parent.node, ast.Assign)


def change_derivatives(context: Context) -> Iterator[Candidate]:
    """Another form of derivative in place of one: 1 - h**2 for h * (1 - h), and of another quantity."""
    for site in context.expressions(ast.BinOp, ast.Compare, ast.Call):
        shape = context.shape(site)
        if shape is None or isinstance(context.value(site), int):
            continue
        for text, cost in _derivatives(context, site, shape):
            wrap = context.needs_parentheses(site) and not _is_factor(context, site)
            yield context.edit(site, text if wrap else _bare(text), "change-derivative", cost + 0.2)
        yield from _of_upstream(context, site, shape)


def _of_upstream(context: Context, site: Site, shape: tuple[int, ...]) -> Iterator[Candidate]:
    """D * f(z) for f(d): the derivative was taken of the incoming gradient."""
    node = site.node
    if not isinstance(node, ast.Call) or len(node.args) != 1 or not _is_own(context, node.func):
        return
    upstream, function = context.factor(node.args[0]), context.text(node.func)
    for term in context.terms(site.statement):
        if term.shape == shape and term.text != upstream:
            text = f"{upstream} * {function}({term.text})"
            wrapped = f"({text})" if context.needs_parentheses(site) else text
            yield context.edit(site, wrapped, "change-derivative", 1.3 + term.cost)


def _derivatives(context: Context, site: Site, shape: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    """Texts of factors of a shape that look like a derivative, with their cost."""
    terms = [term for term in context.terms(site.statement) if term.shape == shape and _is_float(term.value)]
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


def _bare(text: str) -> str:
    """A product without the parentheses around it: h * (1 - h) for (h * (1 - h)); sums keep theirs."""
    return text[1:-1] if text.startswith("(") and text.endswith("))") else text


def _is_factor(context: Context, site: Site) -> bool:
    parent = context.source.sites[site.parent].node
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult)


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
        if flags and _is_own(context, node.func):
            first = context.source.site_of(node.args[0])
            text = context.source.text(site)
            head, tail = text[: first.start - site.start], text[first.end - site.start :]
            if "{" not in head + tail and "\n" not in head + tail:
                found[f"{head}{{}}{tail}"] = None
    for name in _one_argument_functions(context):
        found[f"{name}({{}})"] = None
    return list(found)


def _is_own(context: Context, node: ast.expr) -> bool:
    """Whether a callee is defined in the file: a function, a method of self, or a function kept on self."""
    if isinstance(node, ast.Name):
        return any(
            isinstance(s.node, ast.FunctionDef) and s.node.name == node.id for s in context.source.sites
        )
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def _one_argument_functions(context: Context) -> list[str]:
    return [
        site.node.name
        for site in context.source.sites
        if isinstance(site.node, ast.FunctionDef)
        and site.parent < 0
        and len(site.node.args.args) - len(site.node.args.defaults) == 1
    ]


def _is_target(context: Context, site: Site) -> bool:
    """Whether an expression is only the object of an attribute or the function of a call."""
    parent = context.source.sites[site.parent].node
    return isinstance(parent, ast.Attribute) or (isinstance(parent, ast.Call) and parent.func is site.node)


def _is_float(value: Any) -> bool:
    return (
        value.dtype.kind == "f" if isinstance(value, np.ndarray) else isinstance(value, float | np.floating)
    )
