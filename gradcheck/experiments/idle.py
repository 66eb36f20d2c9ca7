"""Parameters that training never moves although the loss has a slope there, and what becomes of their updates."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.origins import origins
from gradcheck.experiments.places import arrays_in, in_loop
from gradcheck.experiments.watched import Attempt, Training, fact_of
from gradcheck.trace import Site, SourceMap

SLOPE = 1e-9
# Of the steepest: a parameter whose slope is smaller has no reason to move.
REPEATS = 3
# Updates of the others that must have been seen before a parameter counts as left out.

Fact = dict[str, Any]


def idle_parameters(lab: Lab, seen: Training) -> dict[str, list[Fact]]:
    """Parameters that training never moves although the loss has a slope there, by what happens to their update."""
    facts: dict[str, list[Fact]] = {"zero_rate": [], "rebound": [], "discarded": [], "unregistered": []}
    slopes = {n: float(np.nanmax(np.abs(v), initial=0.0)) for n, v in lab.truth.numerical.values.items()}
    floor = SLOPE * max(slopes.values(), default=0.0)
    idle = {name for name, slope in slopes.items() if slope > floor} - seen.moved - _without_gradient(lab)
    if not seen.order:
        return facts
    for attempt in seen.attempts.values():
        mine = attempt.parameters & idle
        if mine:
            kind, measured = _why_idle(seen.source, attempt)
            if kind == "zero_rate":
                measured["lines"] = origins(lab, seen.source, str(measured["text"]), {0.0})
            if kind:
                fact = fact_of(
                    seen, [attempt.site], mine, **{k: v for k, v in measured.items() if k != "lines"}
                )
                fact["lines"] = [*measured.get("lines", []), *fact["lines"]]
                facts[kind].append({**fact, "line": fact["lines"][0]})
    tried = {name for attempt in seen.attempts.values() for name in attempt.parameters}
    unknown = idle - tried
    if unknown and seen.moved and len(seen.changes) >= REPEATS * len(seen.moved):
        site = _gathering(lab, unknown, seen.moved)
        sites = [site.number] if site is not None else _beside(seen)
        if sites:
            function = seen.source.sites[sites[0]].function
            facts["unregistered"].append(
                fact_of(
                    seen,
                    sites,
                    unknown,
                    function=function,
                    moved=sorted(seen.moved),
                    gathered=site is not None,
                )
            )
    return facts


def _beside(seen: Training) -> list[int]:
    """The statements that update the parameters that move, with what each loop of theirs goes through."""
    sites = list(dict.fromkeys(change.site for change in seen.changes))
    loops = [in_loop(seen.source, seen.source.sites[number]) for number in sites]
    named = [loop.number for loop in loops if loop is not None and isinstance(loop.node, ast.For)]
    return list(dict.fromkeys([*sites, *named]))


def _why_idle(source: SourceMap, attempt: Attempt) -> tuple[str, Fact]:
    node = source.sites[attempt.site].node
    zeros = [text for text, values in attempt.scalars.items() if values == {0.0}]
    if isinstance(node, ast.AugAssign) or isinstance(getattr(node, "value", None), ast.Tuple):
        return ("zero_rate", {"text": zeros[0]}) if zeros else ("", {})
    if isinstance(node, ast.Expr):  # setattr gives the parameter itself its value
        return ("zero_rate", {"text": zeros[0]}) if zeros else ("", {})
    assert isinstance(node, ast.Assign)
    assert isinstance(node.value, ast.BinOp)
    target, start = ast.unparse(node.targets[0]), ast.unparse(node.value.left)
    if zeros:
        return "zero_rate", {"text": zeros[0]}
    if target == start:
        local = isinstance(node.targets[0], ast.Name) and not _is_declared(source, attempt.site, target)
        return ("rebound", {"target": target}) if local else ("", {})
    return "discarded", {"target": target, "start": start}


def _without_gradient(lab: Lab) -> set[str]:
    """Parameters whose gradient the code leaves at 0: no update is at fault where there is nothing to take off."""
    if not lab.wiring.grads:
        return set()
    return {name for name, found in lab.comparisons.items() if found.analytic_norm == 0.0}


def _is_declared(source: SourceMap, number: int, name: str) -> bool:
    """Whether the function around a statement declares a name as one of an outer scope."""
    function = source.sites[number].function
    outer = (ast.Global, ast.Nonlocal)
    return any(
        isinstance(site.node, outer) and name in site.node.names
        for site in source.sites
        if site.function == function
    )


def _gathering(lab: Lab, missing: set[str], moved: set[str]) -> Site | None:
    """The `return` whose container holds the parameters that move, themselves, and none of the others."""
    tracer = lab.tracer
    live = tracer.program.start()
    owners = {name: live.object(name) for name in lab.wiring.params}
    for site in tracer.source.sites:
        node = site.node
        if not isinstance(node, ast.Return) or node.value is None or "." not in site.function:
            continue
        owner, _, method = site.function.rpartition(".")
        for candidate in _instances(live.scope, owner):
            function = getattr(candidate, method, None)
            if function is None or function.__code__.co_argcount != 1:
                continue
            try:
                held = list(arrays_in(function()))
            except Exception:  # noqa: BLE001, S112 -- any method of the user's may be tried here, and may refuse
                continue
            ids = {id(array) for array in held}
            has = {name for name, array in owners.items() if id(array) in ids}
            if has and has >= moved and not has & missing:
                return site
    return _gathering_attribute(tracer.source, live.scope, owners, missing, moved)


def _gathering_attribute(
    source: SourceMap, scope: Mapping[str, Any], owners: Mapping[str, Any], missing: set[str], moved: set[str]
) -> Site | None:
    """The assignment of an attribute, or a name of the module, that holds the parameters that move and no other."""
    for site in source.sites:
        target = site.node.targets[0] if isinstance(site.node, ast.Assign) else None
        if isinstance(target, ast.Attribute):
            owner = site.function.rpartition(".")[0]
            values = [getattr(one, target.attr, None) for one in _instances(scope, owner)]
        elif isinstance(target, ast.Name) and not site.function:
            values = [scope.get(target.id)]
        else:
            continue
        for value in values:
            ids = (
                {id(array) for array in arrays_in(value)} if isinstance(value, dict | list | tuple) else set()
            )
            has = {name for name, array in owners.items() if id(array) in ids}
            if has and has >= moved and not has & missing:
                return site
    return None


def _instances(scope: Mapping[str, Any], name: str) -> list[Any]:
    return [value for value in scope.values() if type(value).__name__ == name]
