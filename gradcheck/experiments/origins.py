"""Where a number of the program comes from: the literals that give it its value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.trace import SourceMap

NEAR = 10.0
# A schedule that lowers a number never takes it up to what it starts from; nor so far below that at its highest.


def origins(lab: Lab, source: SourceMap, text: str, values: set[float]) -> list[int]:
    """Lines on which what is called `text` is given one of some values: defaults, assignments, keywords.

    Args:
        lab: the subject, in whose module names are looked up.
        source: its source.
        text: a name or attribute, such as `self.lr`.
        values: what it was seen to be.

    Where none of them gives it such a value by itself, those that give one to what it is computed from, as a rate that
    falls starts from one that stands somewhere, and those that compute it.
    """
    given = _given(source.tree, [text.rsplit(".", 1)[-1]])
    literal = [node for node in given if _value(lab, node) in values]
    if literal:
        return _lines(literal)
    computed = [node for node in given if not isinstance(node, ast.Name | ast.Attribute | ast.Constant)]
    read = [
        part for node in computed for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute)
    ]
    behind = _given(source.tree, list(dict.fromkeys(_last_name(node) for node in read)))
    started = [node for node in behind if _value(lab, node) in values]
    largest = max(values, default=0.0)
    started = started or [node for node in behind if largest <= (_value(lab, node) or 0.0) < NEAR * largest]
    return _lines([*started, *computed])


def _lines(nodes: list[ast.expr]) -> list[int]:
    return list(dict.fromkeys(node.lineno for node in nodes))


def _given(tree: ast.Module, names: list[str]) -> list[ast.expr]:
    """What some names are given anywhere, and what those names are given that they are given, and so on."""
    for name in names:  # grows: an argument may be given by another name, and that one by a third
        handed = [node for node in _givings(tree, name) if isinstance(node, ast.Name | ast.Attribute)]
        names += dict.fromkeys(other for node in handed if (other := _last_name(node)) not in names)
    return [node for name in names for node in _givings(tree, name)]


def _last_name(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def _givings(tree: ast.Module, name: str) -> Iterator[ast.expr]:
    """The expressions that a name, an attribute or an argument of that name is given anywhere."""
    yield from _arguments(tree, name)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from (value for one, value in _defaults(node.args) if one.arg == name)
        if isinstance(node, ast.Assign):
            yield from (
                value for target, value in _pairs(node) if ast.unparse(target).rsplit(".", 1)[-1] == name
            )
        if isinstance(node, ast.AnnAssign) and node.value is not None:  # a field of a dataclass, say
            yield from [node.value] if ast.unparse(node.target).rsplit(".", 1)[-1] == name else []
        if isinstance(node, ast.keyword) and node.arg == name:
            yield node.value


def _arguments(tree: ast.Module, name: str) -> Iterator[ast.expr]:
    """What calls give a function of the file for its argument of that name, by its place."""
    places = {
        node.name: i
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for i, argument in enumerate(part for part in node.args.args if part.arg != "self")
        if argument.arg == name
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            place = places.get(_last_name(node.func))
            if place is not None and place < len(node.args):
                yield node.args[place]


def _defaults(args: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr]]:
    positional = [*args.posonlyargs, *args.args]
    yield from zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True)
    for one, value in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if value is not None:
            yield one, value


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _value(lab: Lab, node: ast.expr) -> float | None:
    """What an expression of constants and module globals is worth; None for a mere name, or where it calls."""
    parts = list(ast.walk(node))
    plain = not any(isinstance(part, ast.Call | ast.Await | ast.NamedExpr) for part in parts)
    computes = any(isinstance(part, ast.Constant | ast.BinOp) for part in parts)
    if not plain or not computes:
        return None
    try:
        value = lab.program.start().evaluate(ast.unparse(node))
    except GradcheckError:
        return None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
