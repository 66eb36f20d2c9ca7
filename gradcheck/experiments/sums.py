"""Gradients that training itself adds up, batch after batch, and starts from nothing only once."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Any

from gradcheck.experiments.handed import replayed_training
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import in_loop
from gradcheck.experiments.watched import Training, fact_of
from gradcheck.trace import Site

Fact = dict[str, Any]


def summed_gradients(lab: Lab, seen: Training) -> Iterator[Fact]:
    """The fact {rounds} that training follows the sum of all known gradients that it was handed so far."""
    replay = lab.once(replayed_training)
    if replay is None or not replay.sums:
        return
    often = Counter(seen.order)
    computing = {seen.source.sites[number].function for number in lab.tracer.recorder.reached} - {""}
    sites = [
        number
        for number, times in often.items()
        if times > 1
        and in_loop(seen.source, seen.source.sites[number]) is not None
        and seen.source.sites[number].function not in computing
        and (
            _calls(seen.source.sites[number], replay.source.name)
            if replay.source.adds
            else _adds_up(seen.source.sites[number])
        )
    ]
    names = set(replay.steps.thetas)
    places = sites or list(seen.attempts)
    yield {**fact_of(seen, places, names), "doubled": False, "visits": 0, "rounds": replay.handed.rounds}


def _calls(site: Site, name: str) -> bool:
    """Whether a statement calls what has some name."""
    calls = [part.func for part in ast.walk(site.node) if isinstance(part, ast.Call)]
    simple = isinstance(site.node, ast.Assign | ast.Expr)
    return simple and any(getattr(call, "attr", getattr(call, "id", "")) == name for call in calls)


def _adds_up(site: Site) -> bool:
    """Whether a statement adds to something that is no mere count, or makes it anew from itself by a comprehension."""
    node = site.node
    if isinstance(node, ast.AugAssign):
        return isinstance(node.op, ast.Add) and not isinstance(node.value, ast.Constant)
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.ListComp | ast.DictComp):
        return False
    target = ast.unparse(node.targets[0])
    return any(isinstance(part, ast.Name) and part.id == target for part in ast.walk(node.value))
