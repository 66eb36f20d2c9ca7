"""Updates that put a step in the place of a parameter instead of taking it off."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.experiments.forms import given_by_setattr, starts_negative, whole_target
from gradcheck.experiments.handed import replayed_training
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import multiple
from gradcheck.experiments.watched import Change, Training, fact_of
from gradcheck.trace import Site

REPEATS = 3
# Times that a statement must have done the same for that to be its habit.

Fact = dict[str, Any]


def replaced_parameters(lab: Lab, seen: Training) -> Iterator[Fact]:
    """Facts {text, factor} of parameters that become a step, whatever they were before.

    A statement is seen to do so, or binds a parameter's own local name to a step, as `w =- step` does; or training is
    handed known gradients, and its parameters are steps of an algorithm that starts from 0 each time.
    """
    found = [*_multiples(seen), *_rebound(seen)]
    yield from found
    replay = lab.once(replayed_training) if not found else None
    if replay is not None and replay.replaces:
        sites = [site for site in seen.source.sites if site.number in set(seen.order) and _is_negated(site)]
        text = seen.source.text(sites[0]) if sites else "a step"
        places = [site.number for site in sites] or [change.site for change in seen.changes]
        yield fact_of(seen, places, set(replay.steps.thetas), text=text, factor=replay.explanation.rate)


def _rebound(seen: Training) -> Iterator[Fact]:
    """A local name of a parameter that is bound to a step, so that the parameter itself stays as it is."""
    often = Counter(seen.order)
    for attempt in seen.replacing.values():
        idle = attempt.parameters - seen.moved
        if idle and often[attempt.site] >= REPEATS:
            value = seen.source.sites[attempt.site].node.value  # type: ignore[attr-defined] # an assignment
            yield fact_of(seen, [attempt.site], idle, text=ast.unparse(value), factor=1.0)


def _is_negated(site: Site) -> bool:
    """Whether a statement gives an item or an attribute something that starts with a minus."""
    node = site.node
    value = given_by_setattr(node)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript | ast.Attribute):
        value = node.value
    return value is not None and starts_negative(value)


def _multiples(seen: Training) -> Iterator[Fact]:
    """A parameter that becomes a multiple of another array, whatever it was before; any number is one of another."""
    by_place: dict[tuple[int, str], list[Change]] = {}
    for change in seen.changes:
        by_place.setdefault((change.site, change.parameter), []).append(change)
    for (number, name), changes in by_place.items():
        node = seen.source.sites[number].node
        if not isinstance(node, ast.Assign) or _update_like(node) or isinstance(node.value, ast.Tuple):
            continue
        target = ast.unparse(node.targets[0])
        if any(ast.unparse(part) == target for part in ast.walk(node.value)):
            continue
        lost = [change for change in changes if np.any(change.before) and change.after.size > 1]
        for text in lost[0].arrays if lost else ():
            factors = [
                multiple(change.after, change.arrays[text]) for change in lost if text in change.arrays
            ]
            real = [factor for factor in factors if factor is not None and factor != 1.0]
            if real and len(real) == len(lost):
                yield fact_of(seen, [number], {name}, text=text, factor=real[0])
                break
        else:
            if lost and _is_step_alone(node, lost):
                yield fact_of(seen, [number], {name}, text=ast.unparse(node.value), factor=1.0)


def _is_step_alone(node: ast.Assign, changes: list[Change]) -> bool:
    """Whether a parameter is given a product of arrays of its shape, none of which is what it was before."""
    product = isinstance(node.value, ast.UnaryOp) or (
        isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Mult | ast.Div)
    )
    whole = isinstance(node.targets[0], ast.Subscript) and isinstance(whole_target(node.targets[0]), ast.Name)
    fresh = all(
        change.arrays
        and change.in_place
        and not any(np.array_equal(array, change.before) for array in change.arrays.values())
        for change in changes
    )
    return product and whole and fresh and len(changes) >= REPEATS


def _update_like(node: ast.Assign) -> bool:
    return isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Add | ast.Sub)
