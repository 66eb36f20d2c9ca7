"""Where the parameters of a network are gathered: the container, or the names, that an optimiser goes through."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import arrays_in
from gradcheck.experiments.ways import things
from gradcheck.trace import Site


def gathering(lab: Lab, missing: set[str], moved: set[str]) -> Site | None:
    """The statement that gathers the parameters that move and none of the others; None where there is none.

    That is a `return` of a method, taken over all objects of its class, of which the most are the innermost; or what
    gives a name or an attribute its container, of arrays or of their names.
    """
    live = lab.tracer.program.start()
    owners = {name: live.object(name) for name in lab.wiring.params}
    scope = {**lab.tracer.program.module.__dict__, **live.scope}
    returns: list[tuple[int, Site]] = []
    for site in lab.tracer.source.sites:
        node = site.node
        if not isinstance(node, ast.Return) or node.value is None or "." not in site.function:
            continue
        owner, _, method = site.function.rpartition(".")
        objects = _instances(scope, owner)
        held = {id(array) for one in objects for array in _returned(one, method)}
        has = {name for name, array in owners.items() if id(array) in held}
        if has and has >= moved and not has & missing:
            returns.append((len(objects), site))
    if returns:
        return max(returns, key=lambda found: found[0])[1]
    return _container(lab, scope, owners, missing, moved)


def _returned(owner: Any, method: str) -> list[Any]:
    """The arrays that a method gives that takes nothing; none where it takes something, or refuses."""
    function = getattr(owner, method, None)
    code = getattr(function, "__code__", None)
    if function is None or code is None or code.co_argcount != 1:
        return []
    try:
        return list(arrays_in(function()))
    except Exception:  # noqa: BLE001 -- any method of the user's may be tried here, and may refuse
        return []


def _container(
    lab: Lab, scope: Mapping[str, Any], owners: Mapping[str, Any], missing: set[str], moved: set[str]
) -> Site | None:
    for site in lab.tracer.source.sites:
        target = site.node.targets[0] if isinstance(site.node, ast.Assign) else None
        if isinstance(target, ast.Attribute):
            owner = site.function.rpartition(".")[0]
            values = [getattr(one, target.attr, None) for one in _instances(scope, owner)]
        elif isinstance(target, ast.Name) and not site.function:
            values = [scope.get(target.id)]
        else:
            continue
        for value in values:
            has = set(_held(lab, value, owners)) if isinstance(value, dict | list | tuple) else set()
            if has and has >= moved and not has & missing:
                return site
    return None


def _held(lab: Lab, value: Any, owners: Mapping[str, Any]) -> Iterator[str]:
    """The parameters that a container holds, themselves or by the names that their expressions end in."""
    ids = {id(array) for array in arrays_in(value)}
    names = {one for one in value if isinstance(one, str)} if isinstance(value, list | tuple) else set()
    for name, array in owners.items():
        if id(array) in ids or _last_name(lab.wiring.params[name]) in names:
            yield name


def _last_name(expression: str) -> str:
    """The attribute or the key that an expression ends in.

    Example:
        >>> _last_name("net.W1"), _last_name("net.params['b']")
        ('W1', 'b')
    """
    node = ast.parse(expression, mode="eval").body
    if isinstance(node, ast.Attribute):
        return node.attr
    key = node.slice if isinstance(node, ast.Subscript) else None
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def _instances(scope: Mapping[str, Any], name: str) -> list[Any]:
    """The objects of a class of that name in some things, each once."""
    found = {id(thing): thing for _, thing in things(scope) if type(thing).__name__ == name}
    return list(found.values())
