"""Parameters that are handed in and out: what a training call returns is assigned to what it was given."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.subject.discover.bindings import bound_argument
from gradcheck.subject.discover.calls import Call
from gradcheck.subject.discover.leaves import as_array, leaves
from gradcheck.subject.discover.stage import Stage
from gradcheck.subject.statements import arguments, assigned


def handed_back(text: str, stage: Stage, call: Call, function: Any) -> str | None:
    """The call as an assignment of what it returns to what it was given; None where it returns nothing of that.

    Args:
        text: the call, in the words of the stage.
        stage: the setup that it needs.
        call: one that was seen.
        function: the definition of what it calls.
    """
    node = ast.parse(text, mode="eval").body
    if not isinstance(function, ast.FunctionDef) or not isinstance(node, ast.Call):
        return None
    returns = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
    if not returns:
        return None
    try:
        value = stage.start().evaluate(text)
        targets = _targets(_returned(value, returns[-1]), stage, call, function, node)
    except GradcheckError:
        return None
    kinds = (ast.Name, ast.Attribute, ast.Subscript)
    named = any(target != "_" for target in targets)
    if not named or not all(isinstance(ast.parse(t, mode="eval").body, kinds) for t in targets):
        return None
    return f"{', '.join(targets)} = {text}"


def _returned(value: Any, expression: ast.expr) -> list[tuple[Any, ast.expr]]:
    """What was returned, part by part, with the expression of each part where the source has one."""
    parts = list(value) if isinstance(value, tuple) else [value]
    typed = (
        expression.elts if isinstance(expression, ast.Tuple) and isinstance(value, tuple) else [expression]
    )
    return list(zip(parts, typed if len(typed) == len(parts) else [expression] * len(parts), strict=True))


def _targets(
    returned: list[tuple[Any, ast.expr]], stage: Stage, call: Call, function: ast.FunctionDef, node: ast.Call
) -> list[str]:
    """For each part the argument that it became of, each argument once; "_" for none."""
    live = stage.start()
    found: list[str] = []
    for part, expression in returned:
        origins = _origins(function, expression)
        given = [
            ast.unparse(argument)
            for parameter in arguments(function)
            for argument, own in [bound_argument(call, function, parameter.arg, node)]
            if own
            and argument is not None
            and not isinstance(argument, ast.Constant)
            and parameter.arg in origins
        ]
        fits = (said for said in given if said not in found and _updated(live.evaluate(said), part))
        found.append(next(fits, "_"))
    return found


def _updated(before: Any, after: Any) -> bool:
    """Whether a returned value is what became of a given one: the same structure, other numbers."""
    one, other = list(leaves({"v": before})), list(leaves({"v": after}))
    if not one or len(one) != len(other):
        return False
    pairs = [(as_array(a.value), as_array(b.value)) for a, b in zip(one, other, strict=True)]
    if any(a is None or b is None or a.shape != b.shape for a, b in pairs):
        return False
    return any(not np.array_equal(a, b) for a, b in pairs)  # type: ignore[arg-type] # None is ruled out


def _origins(function: ast.FunctionDef, node: ast.expr) -> set[str]:
    """Names that an expression was made from, through the assignments of a function."""
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    while True:
        more = set(found)
        for statement in ast.walk(function):
            if isinstance(statement, ast.Assign) and assigned(statement) & found:
                more |= {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
        if more == found:
            return found
        found = more
