"""Parameters that training never moves although the loss has a slope there, and what becomes of their updates."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.experiments.gathered import gathering
from gradcheck.experiments.handed import replayed_training
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.origins import origins
from gradcheck.experiments.places import in_loop
from gradcheck.experiments.watched import Attempt, Training, fact_of
from gradcheck.experiments.zeros import zero_factors
from gradcheck.trace import SourceMap

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
    if not seen.order or not idle:
        return facts
    replay = lab.once(replayed_training)
    idle -= set(replay.steps.thetas) if replay is not None else set()  # moved where nobody looked
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
    tried = {
        name for attempt in (*seen.attempts.values(), *seen.replacing.values()) for name in attempt.parameters
    }
    unknown = idle - tried
    if not seen.moved and not any(facts.values()) and lab.wiring.train:
        facts["zero_rate"] += zero_factors(lab, seen)
    known = any(facts.values()) or seen.replacing
    if not known and replay is not None and replay.unmoved & idle:
        facts["unregistered"] += _left_out(lab, seen, set(replay.unmoved & idle), set(replay.steps.thetas))
    elif unknown and seen.moved and len(seen.changes) >= REPEATS * len(seen.moved):
        facts["unregistered"] += _left_out(lab, seen, unknown, seen.moved)
    return facts


def _left_out(lab: Lab, seen: Training, missing: set[str], moved: set[str]) -> Iterator[Fact]:
    """The fact that some parameters are left out, where the others are gathered or updated."""
    site = gathering(lab, missing, moved)
    sites = [site.number] if site is not None else _beside(seen)
    if sites:
        function = seen.source.sites[sites[0]].function
        yield fact_of(seen, sites, missing, function=function, moved=sorted(moved), gathered=site is not None)


def _beside(seen: Training) -> list[int]:
    """The statements of the updates, what their loops go through, and what follows them, where one may be missing."""
    sites = list(dict.fromkeys([*(change.site for change in seen.changes), *seen.attempts]))
    own = set(sites)
    loops = [in_loop(seen.source, seen.source.sites[number]) for number in sites]
    named = [loop.number for loop in loops if loop is not None and isinstance(loop.node, ast.For)]
    last = seen.source.sites[sites[-1]] if len(sites) > 1 else None
    behind = [
        site.number
        for site in seen.source.sites
        if last is not None and site.is_statement and site.parent == last.parent and site.start > last.start
    ]
    return list(dict.fromkeys([*sites, *named, *(number for number in behind[:1] if number not in own)]))


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
