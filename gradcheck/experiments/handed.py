"""What the user's own training makes of known gradients: which algorithm it follows, and what it leaves undone."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gradcheck.experiments.algorithms import Array, Explanation, Steps, explained
from gradcheck.experiments.handing import ROUNDS, Handed, Source, gradient_source, hand
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.watched import watch_training

LONG = 0.05
# Norm of all gradients of a round together: shorter than what anybody clips.
SMALL, LARGE = -3.0, 0.0
# Powers of ten that the sizes of the entries lie between, before that.


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """A training call with known gradients, and the algorithm that explains it.

    Attributes:
        source: where its gradients come from.
        handed: what it did.
        unmoved: the parameters that it never moved.
        steps: what it did to the others.
        explanation: the algorithm, whose kind is empty where none is known.
        replaces: whether its steps are put in the place of the parameters.
        sums: whether it follows the sum of all gradients so far.
    """

    source: Source
    handed: Handed
    unmoved: frozenset[str]
    steps: Steps
    explanation: Explanation
    replaces: bool
    sums: bool


def replayed_training(lab: Lab) -> Replay | None:
    """Training with known gradients; None where it cannot be driven so. Ask for it by `lab.once`."""
    source = gradient_source(lab)
    handed = hand(lab, source, known_gradients(lab)) if source is not None else None
    if source is None or handed is None:
        return None
    rounds = handed.rounds
    moves = {
        name: sum(not np.array_equal(a, b) for a, b in pairwise(values))
        for name, values in handed.thetas.items()
    }
    finite = all(np.all(np.isfinite(value)) for values in handed.thetas.values() for value in values)
    if not finite or not any(moves.values()) or any(0 < times < rounds for times in moves.values()):
        return None
    moved = [name for name, times in moves.items() if times]
    steps = Steps(
        {name: handed.thetas[name] for name in moved},
        {name: handed.gradients[name][:rounds] for name in moved},
        _numbers(lab, handed),
        rates=tuple(_sequences(lab, handed)),
    )
    plain = explained(steps)
    none = Explanation("", np.inf)
    put = none if plain.kind else explained(steps.replacing())
    summed = none if plain.kind or put.kind else explained(steps.summed())
    found = next((one for one in (plain, put, summed) if one.kind), plain)
    return Replay(
        source, handed, frozenset(moves) - set(moved), steps, found, bool(put.kind), bool(summed.kind)
    )


def known_gradients(lab: Lab, without: str = "", length: float = LONG) -> dict[str, list[Array]]:
    """Gradients whose entries are of many sizes, other ones in each round; zeros for one parameter, if it is named."""
    rng = np.random.default_rng([lab.seed, 0x57E9])
    values = lab.truth.values
    sizes = {name: 10.0 ** rng.uniform(SMALL, LARGE, np.shape(value)) for name, value in values.items()}
    unit = length / np.sqrt(sum(float(np.sum(size**2)) for size in sizes.values()))
    found = {
        name: [unit * size * rng.normal(1.0, 0.3, size.shape) for _ in range(ROUNDS)]
        for name, size in sizes.items()
    }
    return {name: [value * (name != without) for value in some] for name, some in found.items()}


def dependent(lab: Lab, replay: Replay) -> tuple[str, str] | None:
    """Two parameters of which the second moves otherwise when the gradient of the first is taken away; else None.

    Where all depend on all, that is how the algorithm goes: clipping, or a rate that follows the whole gradient.
    """
    if not _keeps_state(replay.handed):
        return None
    pairs: list[tuple[str, str]] = []
    names = list(replay.steps.thetas)
    for first in names:
        other = hand(lab, replay.source, known_gradients(lab, without=first))
        if other is None:
            return None
        rounds = min(other.rounds, replay.handed.rounds)
        pairs += [
            (first, second)
            for second in names
            if second != first and _differ(replay.handed.thetas[second], other.thetas[second], rounds)
        ]
    return pairs[0] if 0 < len(pairs) < len(names) * (len(names) - 1) else None


def _keeps_state(handed: Handed) -> bool:
    """Whether arrays other than parameters and gradients change from round to round."""
    second, last = handed.arrays[1], handed.arrays[-1]
    return any(not np.array_equal(array, last[way]) for way, array in second.items() if way in last)


def _differ(one: list[Array], other: list[Array], rounds: int) -> bool:
    return not np.allclose(one[: rounds + 1], other[: rounds + 1], rtol=1e-12, atol=0.0)


def _numbers(lab: Lab, handed: Handed) -> tuple[float, ...]:
    """The numbers that training may decay with or add to a root: those in scope, and those that are written down."""
    written = {
        float(node.value)
        for node in ast.walk(lab.tracer.source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    }
    return tuple(sorted(written | set(handed.numbers[0].values())))


def _sequences(lab: Lab, handed: Handed) -> list[tuple[float, ...]]:
    """Positive numbers that change from round to round, each as it went: in scope of training, or read by an update."""
    rounds = handed.numbers[: handed.rounds]
    ways = [way for way in rounds[0] if all(way in numbers for numbers in rounds)]
    found = [tuple(numbers[way] for numbers in rounds) for way in ways]
    for attempt in lab.once(watch_training).attempts.values():
        once_a_round = [values[:: len(attempt.parameters)] for values in attempt.series.values()]
        found += [tuple(values[: handed.rounds]) for values in once_a_round if len(values) >= handed.rounds]
    rates = [one for one in dict.fromkeys(found) if len(set(one)) > 1]
    return [one for one in rates if all(np.isfinite(value) and value > 0 for value in one)]
