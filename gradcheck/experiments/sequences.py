"""Updates one by one: gradients that are computed again after some parameters have moved already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.watched import Training, fact_of

Fact = dict[str, Any]


REPEATS = 3
# Times that the loss must have been computed between two updates for that to be the habit.


def sequential_updates(lab: Lab, seen: Training) -> Iterator[Fact]:
    """Updates in one block, or by one statement in a loop, between which the loss is computed, round after round."""
    forward = lab.tracer.functions_of_loss() - {""}
    sites = {change.site for change in seen.changes}
    blocks: dict[int, list[int]] = {}
    for number in sorted(sites):
        blocks.setdefault(seen.source.sites[number].parent, []).append(number)
    for numbers in blocks.values():
        found = _in_block(seen, numbers, forward) if len(numbers) > 1 else _in_loop(seen, numbers[0], forward)
        if found:
            late = [after for _, after in found]
            names = {c.parameter for c in seen.changes if c.site in late}
            computing = forward | {
                seen.source.sites[number].function for number in lab.tracer.recorder.reached
            }
            places = [*late, *_callers(seen, seen.source.sites[late[0]].function, computing)]
            yield fact_of(seen, places, names, between=[seen.source.sites[a].line for a, _ in found])


def _in_block(seen: Training, numbers: list[int], forward: frozenset[str]) -> list[tuple[int, int]]:
    """Pairs of updates, one below the other, between which the loss was computed each time."""
    between: dict[tuple[int, int], set[bool]] = {}
    last, computed = -1, False
    mine = set(numbers)
    for number in seen.order:
        if number in mine:
            if last >= 0 and number > last:
                between.setdefault((last, number), set()).add(computed)
            last, computed = number, False
        elif seen.source.sites[number].function in forward:
            computed = True
    return [pair for pair, found in between.items() if found == {True}]


def _callers(seen: Training, function: str, computing: frozenset[str]) -> list[int]:
    """The statements of a function after which the loss or its gradient begins to be computed."""
    sites = [seen.source.sites[number] for number in seen.order]
    found = [a.number for a, b in pairwise(sites) if a.function == function != b.function in computing]
    return list(dict.fromkeys(found))


def _in_loop(seen: Training, site: int, forward: frozenset[str]) -> list[tuple[int, int]]:
    """The update with itself, where it goes through parameters and the loss was computed before each of them."""
    pairs = [(a, b) for a, b in pairwise(seen.changes) if a.site == b.site == site]
    turns = [
        any(seen.source.sites[number].function in forward for number in seen.order[a.index : b.index])
        for a, b in pairs
        if a.parameter != b.parameter
    ]
    return [(site, site)] if len(turns) >= REPEATS and all(turns) else []
