"""What the updates of the user's own training do to the parameters, each told from the statement that makes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.experiments.idle import idle_parameters
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.places import arrays_in, in_loop
from gradcheck.experiments.replacements import replaced_parameters
from gradcheck.experiments.sequences import sequential_updates
from gradcheck.experiments.sums import summed_gradients
from gradcheck.experiments.trained import losses_around_training
from gradcheck.experiments.watched import Change, Training, fact_of, watch_training
from gradcheck.findings import Observation
from gradcheck.trace import Site

UPHILL = 0.3
# Cosine between an update and the gradient of the loss above which the update climbs.
REPEATS = 3
# Times that a statement must have done the same for that to be its habit.

Fact = dict[str, Any]


def update_watch(lab: Lab) -> Observation:
    """Facts: lists of what is wrong with updates, by the kind of fault.

    Each entry has `line`, `lines`, `parameters` and what was measured:
    `ascending` {cosine, before, after}, `zero_rate` {text}, `rebound` {target}, `discarded` {target},
    `replaced` {text, factor}, `sequential` {between}, `unregistered` {function}, `uncleared` {visits, doubled},
    `reset` {owner, rounds}.
    """
    seen = lab.once(watch_training)
    idle = idle_parameters(lab, seen)
    facts: dict[str, list[Fact]] = {
        "ascending": list(_ascending(lab, seen)),
        **idle,
        "replaced": list(replaced_parameters(lab, seen)),
        "sequential": list(sequential_updates(lab, seen)),
        "uncleared": list(_uncleared(lab, seen)) or list(summed_gradients(lab, seen)),
        "reset": list(remade_owners(seen)),
    }
    return Observation("update_watch", facts)


def _ascending(lab: Lab, seen: Training) -> Iterator[Fact]:
    """The first update of every parameter goes up the slope of the loss, and training leaves the loss higher."""
    first: dict[str, Change] = {}
    for change in seen.changes:
        first.setdefault(change.parameter, change)
    slopes = lab.truth.numerical.values
    pairs = [(one.after - one.before, np.nan_to_num(slopes[name])) for name, one in first.items()]
    pairs = [(step, slope) for step, slope in pairs if step.shape == slope.shape]
    inner = sum(float(np.vdot(step, slope)) for step, slope in pairs)
    size = np.sqrt(sum(float(np.vdot(a, a)) for a, _ in pairs) * sum(float(np.vdot(b, b)) for _, b in pairs))
    if not pairs or not np.isfinite(size) or size == 0.0 or inner < UPHILL * size or lab.wrong:
        return
    before, after = losses_around_training(lab)
    if before is not None and after is not None and not after < before:
        stepping = [attempt.site for attempt in seen.attempts.values() if attempt.parameters & set(first)]
        sites = list(dict.fromkeys([*stepping, *(change.site for change in first.values())]))
        yield fact_of(seen, sites, set(first), cosine=inner / float(size), before=before, after=after)


def _uncleared(lab: Lab, seen: Training) -> Iterator[Fact]:
    """Sums of the gradient run that still hold what they held when an update came after it."""
    sites = [number for number, visits in seen.uncleared.items() if visits >= 1]
    if not sites or lab.wiring.grads is None:
        return
    live = lab.program.start()
    first, second = live.gradient(), live.gradient()
    doubled = all(np.allclose(second[name], 2.0 * first[name], rtol=1e-9) for name in first)
    # Where the wiring's own run clears them, training may still add up.
    steady = min(seen.uncleared[number] for number in sites) >= REPEATS
    if (doubled or steady) and any(np.any(value) for value in first.values()):
        reached = [n for n in lab.tracer.recorder.reached if n not in sites]
        head = next((n for n in reached if seen.source.sites[n].function), sites[0])
        inside = {seen.source.sites[n].function for n in lab.tracer.recorder.reached}
        before = seen.order[: seen.order.index(sites[0])]
        callers = [n for n in before if seen.source.sites[n].function not in inside]
        places = [head, *sites] if doubled else [*callers[-1:], *sites]
        yield {
            **fact_of(seen, places, set(seen.parameters)),
            "doubled": doubled,
            "visits": min(seen.uncleared[number] for number in sites),
        }


def remade_owners(seen: Training) -> Iterator[Fact]:
    """An object with running arrays whose method updates once, and that another object replaces before the next."""
    by_parameter: dict[str, list[Change]] = {}
    for change in seen.changes:
        if change.owner is not None and _has_state(change):
            by_parameter.setdefault(change.parameter, []).append(change)
    for changes in by_parameter.values():
        owners = {id(change.owner) for change in changes}
        if len(changes) < REPEATS or len(owners) < len(changes):
            continue
        kind = type(changes[0].owner).__name__
        made = [site.number for site in seen.source.sites if _makes(seen, site, kind)]
        yield {
            **fact_of(seen, made or [changes[0].site], set(by_parameter)),
            "owner": kind,
            "rounds": len(changes),
        }
        return


def _has_state(change: Change) -> bool:
    held = vars(change.owner) if hasattr(change.owner, "__dict__") else {}
    containers = [value for value in held.values() if isinstance(value, dict | list | tuple | np.ndarray)]
    arrays = [array for value in containers for array in arrays_in(value)]
    return any(array.shape == change.after.shape and np.any(array) for array in arrays)


def _makes(seen: Training, site: Site, kind: str) -> bool:
    """Whether a statement of a loop in the run binds a name to what a call of a class of that kind makes."""
    node = site.node
    if site.number not in set(seen.order) or in_loop(seen.source, site) is None:
        return False
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    made = node.value.func
    direct = ast.unparse(made).rsplit(".", 1)[-1] == kind
    same = isinstance(made, ast.Call) and ast.unparse(made.func) == "type"
    return direct or (same and ast.unparse(made.args[0]) == ast.unparse(node.targets[0]))  # type: ignore[attr-defined] # a call
