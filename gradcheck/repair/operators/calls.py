"""Another function, other arguments, another axis, a call left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradcheck.repair.candidate import Candidate, Splice
from gradcheck.repair.context import Context
from gradcheck.trace import Site, value_sites

REDUCTIONS = ("sum", "mean", "max", "min")
OPPOSITE = {"argmin": "argmax", "argmax": "argmin", "min": "max", "max": "min"}


def drop_calls(context: Context) -> Iterator[Candidate]:
    """X for f(x), and for x.f()."""
    for site in context.expressions(ast.Call):
        node = site.node
        assert isinstance(node, ast.Call)
        inner = node.args[0] if node.args else getattr(node.func, "value", None)
        if inner is not None and not isinstance(inner, ast.Starred):
            text = context.operand(inner) if context.needs_parentheses(site) else context.text(inner)
            yield context.edit(site, text, "drop-call", 1.5)


def change_reductions(context: Context) -> Iterator[Candidate]:
    """Sum for mean and the reverse, largest for smallest; another axis; keepdims."""
    for site in context.expressions(ast.Call):
        node = site.node
        assert isinstance(node, ast.Call)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        end = context.source.span(node.func)[1]
        if name in OPPOSITE:
            splice = Splice(end - len(name), end, OPPOSITE[name])
            yield context.splice([splice], site, "change-reduction", 1.0)
        if name not in REDUCTIONS:
            continue
        if name in REDUCTIONS[:2]:
            other = "mean" if name == "sum" else "sum"
            yield context.splice([Splice(end - len(name), end, other)], site, "change-reduction", 1.0)
        yield from _axes(context, site, node)


def insert_sums(context: Context) -> Iterator[Candidate]:
    """The sum or the mean over the samples, of rows or of columns, where what is assigned still has them."""
    for statement in context.statements():
        for site in value_sites(context.source, statement):
            shape = context.shape(site)
            if shape is None or len(shape) < 2:
                continue
            inner = [
                site,
                *(s for s in context.source.sites if s.parent == site.number and context.shape(s) == shape),
            ]
            for place in inner:
                text = context.source.text(place)
                for axis in ("axis=0", "axis=1, keepdims=True", "axis=0, keepdims=True", "axis=1"):
                    yield context.edit(place, f"np.sum({text}, {axis})", "insert-sum", 1.2)
                    yield context.edit(place, f"np.mean({text}, {axis})", "insert-sum", 1.3)


def _axes(context: Context, site: Site, node: ast.Call) -> Iterator[Candidate]:
    axis = next((keyword.value for keyword in node.keywords if keyword.arg == "axis"), None)
    keep = next((keyword for keyword in node.keywords if keyword.arg == "keepdims"), None)
    close = site.end - 1
    if isinstance(axis, ast.Constant) and isinstance(axis.value, int):
        other = "1" if axis.value == 0 else "0"
        yield context.edit(context.source.site_of(axis), other, "change-axis", 1.0)
    elif axis is None and not (isinstance(node.func, ast.Attribute) and len(node.args) > 1):
        lead = ", " if node.args else ""
        for text in ("axis=0", "axis=1", "axis=0, keepdims=True", "axis=1, keepdims=True"):
            yield context.splice([Splice(close, close, lead + text)], site, "change-axis", 1.1)
    if keep is None and axis is not None:
        yield context.splice([Splice(close, close, ", keepdims=True")], site, "change-axis", 1.3)


def change_functions(context: Context) -> Iterator[Candidate]:
    """Another of the file's own functions of as many arguments; its flag switched."""
    functions = _own_functions(context)
    for site in context.expressions(ast.Call):
        node = site.node
        assert isinstance(node, ast.Call)
        if not isinstance(node.func, ast.Name | ast.Attribute) or any(
            isinstance(a, ast.Starred) for a in node.args
        ):
            continue
        own = context.text(node.func)
        for text, least, most in functions:
            if text != own and least <= len(node.args) <= most:
                yield context.edit(context.source.site_of(node.func), text, "change-function", 1.4)
        yield from _flags(context, site, node)


def _flags(context: Context, site: Site, node: ast.Call) -> Iterator[Candidate]:
    """f(x, derivative=True) for f(x), where the file's f has a parameter whose default is True or False."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    for found in context.source.sites:
        definition = found.node
        if not isinstance(definition, ast.FunctionDef) or definition.name != name:
            continue
        arguments = definition.args.args
        for argument, default in zip(arguments[::-1], definition.args.defaults[::-1], strict=False):
            if not (isinstance(default, ast.Constant) and isinstance(default.value, bool)):
                continue
            given = next((keyword for keyword in node.keywords if keyword.arg == argument.arg), None)
            if given is not None and isinstance(given.value, ast.Constant):
                place = context.source.site_of(given.value)
                yield context.edit(place, str(not given.value.value), "change-flag", 0.9)
            elif len(node.args) < len(arguments):
                text = f", {argument.arg}={not default.value}"
                yield context.splice([Splice(site.end - 1, site.end - 1, text)], site, "change-flag", 0.9)


def _own_functions(context: Context) -> list[tuple[str, int, int]]:
    """The file's functions as they would be called, with the least and the most arguments they take."""
    found: list[tuple[str, int, int]] = []
    for site in context.source.sites:
        node = site.node
        if not isinstance(node, ast.FunctionDef):
            continue
        count, optional = len(node.args.args), len(node.args.defaults)
        owner = context.source.sites[site.parent].node if site.parent >= 0 else None
        if owner is None:
            found.append((node.name, count - optional, count))
        elif isinstance(owner, ast.ClassDef) and count and node.args.args[0].arg == "self":
            found.append((f"self.{node.name}", count - optional - 1, count - 1))
    return found
