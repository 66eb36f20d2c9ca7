"""Traits: what is known of the place of an edit, so that the fault there can be named."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.repair.candidate import Candidate
from gradcheck.repair.context import Context
from gradcheck.repair.relations import relation_of, target_of
from gradcheck.repair.search import Step
from gradcheck.trace import First, Site, SourceMap, value_sites

PRODUCTS = frozenset({"dot", "matmul", "tensordot", "einsum", "outer"})


def traits_of(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Facts about the place of each step of a repair.

    `roles` maps each parameter to "weight", "bias" or ""; `level` is "output", "hidden", "weight", "bias" or "";
    `penalty` tells whether the edited statement scales a parameter itself; `stores` whether it writes a gradient's own
    storage; `updates` whether it changes a parameter; `derived` whether the name put in was computed from the name it
    replaces; `relation`, `factor` and `of_batch` what the wrong quantity was to the right one (see
    `gradcheck.repair.relations`).
    """
    return [_traits(step, [other for other in steps if _same_place(step, other)]) for step in steps]


def _traits(step: Step, together: list[Step]) -> dict[str, Any]:
    candidate, context = step.candidate, step.context
    roles = {name: parameter_role(context, name) for name in context.tracer.truth.values}
    reach = {name for number in candidate.statements for name in context.influence.of.get(number, ())}
    first = context.source.sites[candidate.statements[0]]
    turns = context.turns(candidate.statements)
    if turns > 1 and _at_its_last(context, first) >= reach:
        turns = 1  # it runs for every sample, or step, not for every layer
    place = level(reach or set(context.wrong), roles, turns)
    if place == "weight" and first.number in context.passing:
        place = "hidden"
    found = relation_of(together, place)
    return {
        "roles": roles,
        "level": place,
        "penalty": _touches_parameter(candidate, context),
        "stores": _stores_gradient(context, first),
        "updates": first.number in context.updates,
        "derived": _derived(candidate, context, first.function),
        "relation": found.name,
        "factor": found.factor,
        "of_batch": found.of_batch,
    }


def _same_place(one: Step, other: Step) -> bool:
    """Whether two steps change what goes into the same name of the same function."""
    sites = [step.context.source.sites[step.candidate.statements[0]] for step in (one, other)]
    targets = {target_of(site.node) for site in sites}
    return one is other or (
        sites[0].function == sites[1].function and len(targets) == 1 and "" not in targets
    )


def level(reach: set[str], roles: dict[str, str], turns: int = 1) -> str:
    """How far back a place stands: what feeds every gradient is the output's delta, what feeds several a hidden one.

    Code that runs several times in one pass (`turns`) serves every layer, the hidden ones among them.
    """
    if not reach:
        return ""
    if len(reach) == 1:
        return roles[next(iter(reach))] or "weight"
    if reach == set(roles) or (_biases(set(roles), roles) <= reach and _biases(set(roles), roles)):
        return "output" if turns == 1 else "hidden"
    if not _biases(reach, roles) and len(reach) > 1 and _biases(set(roles), roles):
        return "weight"
    if _biases(reach, roles) == reach:
        return "bias"
    return "hidden"


def _at_its_last(context: Context, statement: Site) -> set[str]:
    """The parameters whose gradients the last run of a statement feeds: of a layer's, the lowest one's alone."""
    seen, found = context.tracer.recorder.seen, set()
    for site in value_sites(context.source, statement):
        if site.number in seen and _is_number(context.value(site)):
            last = First(lambda value: 1.5 * value + 0.1, seen[site.number].count - 1)
            moved = context.tracer.gradient_with({site.number: last})
            base = context.tracer.gradient
            found |= {name for name in base if moved and not np.array_equal(base[name], moved[name])}
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, np.ndarray | float | np.floating)


def parameter_role(context: Context, name: str) -> str:
    """Whether the loss multiplies with a parameter or adds it."""
    value = context.tracer.truth.values[name]
    loss = context.loss_recorder
    for number, sighting in loss.seen.items():
        if any(_is_value(seen, value) for seen in sighting.values):
            role = _role_at(context.source, context.source.sites[number])
            if role:
                return role
    return ""


def _is_value(seen: Any, value: NDArray[np.float64]) -> bool:
    return (
        isinstance(seen, np.ndarray | float) and np.shape(seen) == value.shape and np.array_equal(seen, value)
    )


def _role_at(source: SourceMap, site: Site) -> str:
    parent = source.sites[site.parent]
    node = parent.node
    if isinstance(node, ast.Attribute) and node.attr in {"T", "dot"}:
        return "weight"
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.MatMult):
            return "weight"
        if isinstance(node.op, ast.Add):
            return "bias"
    product = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in PRODUCTS
    return "weight" if product else ""


def _biases(names: set[str], roles: dict[str, str]) -> set[str]:
    return {name for name in names if roles[name] == "bias"}


def _touches_parameter(candidate: Candidate, context: Context) -> bool:
    """Whether an edit is made to, or right before, a product of a number and a parameter itself: a penalty."""
    values = [value for value in context.tracer.truth.values.values() if value.size > 1]
    products = [
        s for s in context.expressions(ast.BinOp) if s.statement in candidate.statements and _is_product(s)
    ]
    for site in products:
        assert isinstance(site.node, ast.BinOp)
        before = max((s.end for s in context.source.sites if s.end <= site.start), default=0)
        near = any(before <= s.start <= site.end and s.end <= site.end + 1 for s in candidate.splices)
        sides = [context.value(context.source.site_of(side)) for side in (site.node.left, site.node.right)]
        if near and any(
            _is_one_of(side, values) and np.size(other) == 1 for side, other in (sides, sides[::-1])
        ):
            return True
    inserted = [splice.text for splice in candidate.splices]
    terms = [t for n in candidate.statements for t in context.terms(n) if _is_one_of(t.value, values)]
    return candidate.operator == "fit-term" and any(
        text.rstrip().endswith(t.text) for text in inserted for t in terms
    )


def _is_product(site: Site) -> bool:
    return isinstance(site.node, ast.BinOp) and isinstance(site.node.op, ast.Mult | ast.Div | ast.Pow)


def _is_one_of(value: Any, values: list[Any]) -> bool:
    return isinstance(value, np.ndarray) and any(
        value.shape == other.shape and np.array_equal(value, other) for other in values
    )


def _stores_gradient(context: Context, statement: Site) -> bool:
    """Whether a statement writes to the attribute or item that the wiring reads as a gradient."""
    node, grads = statement.node, context.tracer.truth.point.wiring.grads
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    if grads is None or not isinstance(target, ast.Attribute | ast.Subscript):
        return False
    tail = ast.unparse(target).rsplit(".", 1)[-1]
    return any(text.rsplit(".", 1)[-1] == tail for text in grads.of.values())


def _derived(candidate: Candidate, context: Context, function: str) -> bool:
    """Whether the name put in is assigned, somewhere in the function, a product with the name it replaces."""
    if len(candidate.splices) != 1 or not candidate.splices[0].text.isidentifier():
        return False
    splice = candidate.splices[0]
    old, new = context.source.source[splice.start : splice.end], splice.text
    for site in context.source.sites:
        node = site.node
        if (
            site.function == function
            and isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
        ):
            used = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
            if node.targets[0].id == new and old in used:
                return True
    return False
