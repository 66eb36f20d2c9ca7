"""The optimiser between gradient and update, known by replay: the same gradient again and again, while its state grows.

Parameters are put back before every update, so that each sees the same gradient. Steps of plain descent then stay as
they are; those of momentum grow by 1 + mu, 1 + mu + mu^2 and so on (Sutskever et al. 2013), those of Nesterov's
momentum by the same sums one term further (Bengio et al. 2012). Steps that an optimiser divides by the root of a mean
of squares (RMSprop, Adam) have one length for all entries: the gradient is gone from them, and is read from the means
instead, which after one step hold (1 - beta) g and (1 - beta) g^2 (Kingma and Ba 2015, algorithm 1).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.reference.optimizers import Optimizer, momentum, nesterov, replay
from gradcheck.subject.discover.leaves import as_array, fetch
from gradcheck.subject.discover.matching import alike, same_signs
from gradcheck.subject.discover.observation import Moved, Observation, numbers_of
from gradcheck.subject.slots import Slot
from gradcheck.subject.wiring import Grads

Array = NDArray[np.float64]
STEPS = 4
SAME = 1e-6
ENTRIES = 4
LENGTHS = 1e-2
# Epsilon keeps the lengths of small entries from being quite alike.


@dataclass(frozen=True, slots=True)
class Gain:
    """What the first update is a multiple of.

    Attributes:
        text: the multiple of rate times gradient, as Python; empty for 1.
        name: the optimiser, for a person.
    """

    text: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """Updates under one gradient.

    Attributes:
        updates: parameter -> what each update subtracted.
        elsewhere: what a first update subtracts from other parameters, all in one.
        kept: expression -> arrays that were zero before and grew, after the first update and after the second.
    """

    updates: dict[str, list[Array]]
    elsewhere: Array
    kept: dict[str, tuple[Array, Array]]


def replayed(seen: Observation, params: Mapping[str, Moved]) -> Replayed | None:
    """The driver's updates, its parameters put back before each; None where it cannot be driven so."""
    slots = {e: Slot(e, e) for e in params}
    updates: dict[str, list[Array]] = {e: [] for e in params}
    states: list[dict[str, Array]] = []
    try:
        live = seen.driver.stage.start()
        for _ in range(STEPS):
            for e, slot in slots.items():
                slot.write(live.scope, params[e].before)
            live.execute(seen.driver.text)
            for e, moved in params.items():
                after = as_array(fetch(live, e))
                if after is None or after.shape != moved.before.shape or not np.isfinite(after).all():
                    return None
                updates[e].append(moved.before - after)
            if len(states) < 2:
                states.append(numbers_of(live))
        elsewhere = _elsewhere(seen, params, slots)
    except GradcheckError:
        return None
    kept = {
        e: (first, states[1][e])
        for e, first in states[0].items()
        if e not in params and e in states[1] and e in seen.numbers and not seen.numbers[e].before.any()
        if first.any() and first.ndim and states[1][e].shape == first.shape
    }
    return Replayed(updates, elsewhere, kept)


def _elsewhere(seen: Observation, params: Mapping[str, Moved], slots: Mapping[str, Slot]) -> Array:
    """A first update from other parameters: its gradient is another one, whatever the samples."""
    live = seen.driver.stage.start()
    there = {e: _there(moved) for e, moved in params.items()}
    for e, slot in slots.items():
        slot.write(live.scope, there[e])
    live.execute(seen.driver.text)
    return np.concatenate([(there[e] - slot.read(live.scope)).ravel() for e, slot in slots.items()])


def _there(moved: Moved) -> Array:
    return 1.2 * moved.before + 0.1


def gains(found: Replayed) -> list[Gain]:
    """Optimisers whose steps, for one gradient, are those that were seen; none for plain descent.

    A velocity that is a sum of gradients and one that is their running mean take steps of the same proportions:
    both are given, and which it is shows where the gradient is compared with the slopes of a loss.
    """
    first = np.concatenate([steps[0].ravel() for steps in found.updates.values()])
    if not first.any():
        return []
    second = np.concatenate([steps[1].ravel() for steps in found.updates.values()])
    ratio = float(first @ second / (first @ first)) - 1
    if not SAME < ratio < 1:
        return []
    mu = round(ratio, 9)
    ahead = round((ratio + math.sqrt(ratio * ratio + 4 * ratio)) / 2, 9)
    if _takes(found, partial(momentum, rate=1.0, mu=mu)):
        return [
            Gain("", f"momentum of {mu:g}"),
            Gain(f"(1 - {mu!r})", f"momentum of {mu:g}, as a running mean"),
        ]
    if ahead < 1 and _takes(found, partial(nesterov, rate=1.0, mu=ahead)):
        return [Gain(f"(1 + {ahead!r})", f"Nesterov's momentum of {ahead:g}")]
    return []


def _takes(found: Replayed, optimizer: Optimizer) -> bool:
    """Whether an optimiser of the reference takes the steps that were seen."""
    unit = np.array([-theta[0] for theta in replay(optimizer, np.zeros(1), [np.ones(1)] * STEPS)])
    lengths = np.diff(unit, prepend=0.0)
    return all(
        np.allclose(step, length / lengths[0] * steps[0], rtol=SAME, atol=SAME * np.abs(steps[0]).max())
        for steps in found.updates.values()
        for step, length in zip(steps, lengths, strict=True)
    )


def is_normalised(found: Replayed) -> bool:
    """Whether first steps have one length whatever the gradient's: a running mean of squares divides them."""
    first = np.concatenate([*(steps[0].ravel() for steps in found.updates.values()), found.elsewhere])
    first = np.abs(first[first != 0])
    return first.size > 2 and bool(np.ptp(first) <= LENGTHS * first.max())


def undecayed(found: Replayed, params: Mapping[str, Moved]) -> Replayed:
    """The same updates without what decays weights beside steps of one length, as in AdamW.

    Such an update is u = L sign(m) + k w for a mean m that is kept: two numbers, which its many entries decide.
    """
    shares = dict.fromkeys(params, 0.0)
    for e, moved in params.items():
        for mean, _ in found.kept.values():
            if mean.shape != moved.before.shape or (mean >= 0).all() or moved.before.size < ENTRIES:
                continue
            columns = np.stack([np.sign(mean).ravel(), moved.before.ravel()], axis=1)
            took = found.updates[e][0].ravel()
            (length, share), *_ = np.linalg.lstsq(columns, took, rcond=None)
            if np.abs(columns @ [length, share] - took).max() <= LENGTHS * abs(length):
                shares[e] = float(share)
    updates = {
        e: [step - shares[e] * params[e].before for step in steps] for e, steps in found.updates.items()
    }
    there = np.concatenate([shares[e] * _there(moved).ravel() for e, moved in params.items()])
    return replace(found, updates=updates, elsewhere=found.elsewhere - there)


def from_state(seen: Observation, params: Mapping[str, Moved], found: Replayed) -> tuple[Grads, str] | None:
    """The gradient behind normalised steps, from the means that are kept; None where they are out of reach."""
    run = [seen.driver.text]
    of: dict[str, str] = {}
    used: set[str] = set()
    squares = False
    for place, (param, moved) in enumerate(params.items()):
        means = [m for m in _means(found, moved, found.updates[param][0]) if m[0] not in used]
        if not means:
            return None
        expression, share, square = min(means, key=lambda m: (m[2], -alike(param, m[0])))
        used.add(expression)
        if square:
            squares = True
            run.insert(place, f"was_{place} = np.array({param})")
            of[param] = f"np.sign(was_{place} - {param}) * np.sqrt({expression} / {share!r})"
        else:
            of[param] = f"{expression} / {share!r}"
    name = "RMSprop, from its mean of squares" if squares else "Adam, from its running mean"
    return Grads("\n".join(run), of), name


def _means(found: Replayed, moved: Moved, update: Array) -> Iterator[tuple[str, float, bool]]:
    """Kept arrays that may be the mean of a parameter's gradient: expression, 1 - beta, whether of squares."""
    for expression, (one, two) in found.kept.items():
        if one.shape != moved.before.shape:
            continue
        beta = float(one.ravel() @ two.ravel() / (one.ravel() @ one.ravel())) - 1
        if not 0 < beta <= 1 + SAME or not np.allclose(two, (1 + beta) * one, rtol=SAME):
            continue
        share = float(f"{1 - beta:.9g}") if beta < 1 - SAME else 1.0  # a sum, as AdaGrad keeps, has no share
        if (one >= 0).all() and np.array_equal(one > 0, update != 0):
            yield expression, share, True
        elif same_signs(update, one) or (one.size <= 2 and np.array_equal(np.sign(update), np.sign(one))):
            yield expression, share, False
