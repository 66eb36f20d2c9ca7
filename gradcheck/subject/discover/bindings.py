"""What a name is bound to, read off the source: parameters to arguments, targets to values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.subject.discover.calls import Call
from gradcheck.subject.statements import Function, arguments


def is_first_item(source: ast.expr, rest: str, name: str, names: Mapping[str, Any]) -> bool:
    """Whether a loop's target holds the first item, as far as that can be seen."""
    if rest or not isinstance(source, ast.Name) or source.id not in names or name not in names:
        return True
    try:
        first = names[source.id][0]
        return first is names[name] or bool(np.all(np.equal(first, names[name])))
    except Exception:  # noqa: BLE001 -- no sequence, or nothing that compares
        return True


def iterated(node: ast.expr, suffix: str) -> tuple[ast.expr | None, str]:
    """The sequence that a loop's target walks along, and what of its items the target is."""
    if not isinstance(node, ast.Call):
        return node, suffix
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    at = re.match(r"\[(\d+)\]", suffix)
    if name == "zip" and at and int(at[1]) < len(node.args):
        return node.args[int(at[1])], suffix[at.end() :]
    if name == "enumerate" and at and at[1] == "1":
        return iterated(node.args[0], suffix[at.end() :])
    return (None, suffix) if name in {"zip", "enumerate", "range", "map", "filter"} else (node, suffix)


def is_drawn(node: ast.AST) -> bool:
    """Whether an expression, or a function, draws a random number."""
    text = ast.unparse(node)
    return bool(re.search(r"\b(random|randint|choice|permutation|integers|rng|randrange|sample)\b", text))


def bound_argument(
    call: Call, function: Function | ast.Lambda, name: str, site: ast.expr | None = None
) -> tuple[ast.expr | None, bool]:
    """The expression that a parameter was given, and whether the caller wrote it (else it is the default).

    Args:
        call: the call.
        function: the definition of what was called.
        name: the parameter.
        site: the expression that made the call, where it is not the one in the source.
    """
    site = site or call.site
    parameters = [*function.args.posonlyargs, *function.args.args]
    names = [parameter.arg for parameter in parameters]
    default = _default(function, name)
    if not isinstance(site, ast.Call):
        return (
            (_operand(site, names.index(name)), True)
            if name in names[:2] and site is not None
            else (None, False)
        )
    shift = _receiver(call, function, site, names)
    if shift and name == names[0]:
        return _receiver_of(call, site.func)
    given = next((keyword.value for keyword in site.keywords if keyword.arg == name), None)
    if given is None and name in names:
        given = _positional(site, names.index(name) - shift)
    return (given, True) if given is not None else (default, False)


def _receiver_of(call: Call, func: ast.expr) -> tuple[ast.expr | None, bool]:
    if isinstance(func, ast.Attribute) and func.attr == call.code.co_name:
        if isinstance(func.value, ast.Call) and ast.unparse(func.value) == "super()":
            return ast.Name("self", ast.Load()), True
        return func.value, True
    return (func, True) if call.code.co_name == "__call__" else (None, False)


def _positional(site: ast.Call, at: int) -> ast.expr | None:
    if any(isinstance(argument, ast.Starred) for argument in site.args[: at + 1]):
        return _starred(site, at)
    return site.args[at] if at < len(site.args) else None


def _starred(site: ast.Call, at: int) -> ast.expr | None:
    """The argument at a position of `f(a, *b, c)`, where only one argument is starred."""
    for i, argument in enumerate(site.args):
        if isinstance(argument, ast.Starred):
            if sum(isinstance(a, ast.Starred) for a in site.args) > 1:
                return None
            return ast.Subscript(argument.value, ast.Constant(at - i), ast.Load())
    return None


def _receiver(call: Call, function: Function | ast.Lambda, site: ast.Call, names: list[str]) -> int:
    """1 where the first parameter is the receiver of a method call, else 0."""
    if not names or isinstance(function, ast.Lambda):
        return 0
    if any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list):
        return 0
    value = call.given.get(names[0])
    kind = value if isinstance(value, type) else type(value)
    method = next((k.__dict__[function.name] for k in kind.__mro__ if function.name in k.__dict__), None)
    plain = getattr(method, "__func__", method)
    if getattr(plain, "__code__", None) is not call.code:
        plain = getattr(plain, "__wrapped__", plain)
        if getattr(plain, "__code__", None) is not call.code:
            return 0
    if isinstance(site.func, ast.Attribute) and isinstance(site.func.value, ast.Name):
        first = site.args[0] if site.args else None
        if isinstance(first, ast.Name) and call.around.get(site.func.value.id) is kind:
            return 0  # Net.method(net, ...)
    return 1


def _operand(site: ast.expr, at: int) -> ast.expr | None:
    if isinstance(site, ast.BinOp):
        return (site.left, site.right)[at]
    if isinstance(site, ast.Subscript):
        return (site.value, site.slice)[at]
    if isinstance(site, ast.UnaryOp) and at == 0:
        return site.operand
    if isinstance(site, ast.Attribute) and at == 0:
        return site.value
    return None


def _default(function: Function | ast.Lambda, name: str) -> ast.expr | None:
    a = function.args
    positional = [*a.posonlyargs, *a.args]
    pairs = dict(
        zip([p.arg for p in positional][len(positional) - len(a.defaults) :], a.defaults, strict=True)
    )
    pairs |= {p.arg: d for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is not None}
    return pairs.get(name)


def last_assignment(
    function: Function | ast.Lambda | ast.Module, name: str, before: int
) -> tuple[ast.expr, str, int] | None:
    """The last plain assignment to a name ahead of a line: value, item of it, and line."""
    best: tuple[ast.expr, str, int] | None = None
    if isinstance(function, ast.Lambda):
        return None
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and node.lineno < before:
            for target in node.targets:
                for item, suffix in target_names(target):
                    if item == name and (best is None or node.lineno >= best[2]):
                        best = (node.value, suffix, node.lineno)
    if best is not None and any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(best[0])):
        line = best[2]
        if isinstance(function, ast.Module):
            return best if last_assignment(function, name, line) else None
        return (
            best
            if last_assignment(function, name, line) or name in {a.arg for a in arguments(function)}
            else None
        )
    return best


def target_names(target: ast.expr) -> Iterator[tuple[str, str]]:
    """The names that a target binds, each with the item of the value that it gets."""
    if isinstance(target, ast.Name):
        yield target.id, ""
    elif isinstance(target, ast.Tuple | ast.List):
        for i, item in enumerate(target.elts):
            if isinstance(item, ast.Starred):
                return
            for name, suffix in target_names(item):
                yield name, f"[{i}]{suffix}"


def is_written_into(function: Function | ast.Lambda, name: str) -> bool:
    """Whether a function assigns items of what a name stands for, so that its assignment says too little."""
    for node in ast.walk(function):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AugAssign)
            else []
        )
        for target in targets:
            if (
                isinstance(target, ast.Subscript)
                and isinstance(target.value, ast.Name)
                and target.value.id == name
            ):
                return True
    return False
