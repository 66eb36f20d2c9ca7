"""Ways to have the gradient: exposed by the code, or taken back out of an update."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.subject.discover.apart import decays_apart
from gradcheck.subject.discover.decay import resting_decay, without
from gradcheck.subject.discover.exposed import Exposed, exposed
from gradcheck.subject.discover.leaves import as_array, last_name
from gradcheck.subject.discover.matching import parallel
from gradcheck.subject.discover.naming import BIASES
from gradcheck.subject.discover.observation import Moved, Observation
from gradcheck.subject.discover.optimiser import (
    Gain,
    Replayed,
    from_state,
    gains,
    is_normalised,
    replayed,
    undecayed,
)
from gradcheck.subject.discover.rates import Rate, find_rate
from gradcheck.subject.discover.samples import plain_name
from gradcheck.subject.wiring import Grads, Step

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A way to have the gradient of some parameters.

    Attributes:
        params: expression -> what the update did to it.
        grads: how the code exposes the gradient, or
        step: the update that it is taken back out of.
        rate: of the update.
        setup: a statement that it needs.
        matched: the share of the parameters whose update confirms it.
        kind: "returned", "kept", "held", "update" or "state".
        optimiser: what makes the update of the gradient, where that is not plain descent.
    """

    params: dict[str, Moved]
    grads: Grads | None
    step: Step | None
    rate: Rate | None
    setup: str
    matched: float
    kind: str
    optimiser: str = ""


def ways_of(seen: Observation, responds: frozenset[str], latent: frozenset[str]) -> Iterator[Way]:
    """The ways to have the gradient, with as many parameters as each can give."""
    moving = {m.expression: m for m in seen.changed if m.expression in responds}
    moving = moving or {e: seen.numbers[e] for e in stored(seen) if e in responds}
    still = {e: m for e, m in seen.numbers.items() if e in responds and e not in moving}
    seen = replace(seen, parameters=set(moving) | set(still))
    rate = find_rate(seen, moving)
    everything = {
        e: m for e, m in seen.numbers.items() if e in moving or e in still
    }  # in the file's own order
    stems = {plain_name(last_name(e)) for e in moving}
    alike = {e: m for e, m in still.items() if e in latent or plain_name(last_name(e)) in stems | BIASES}
    ways: list[Exposed] = []
    for group in (everything, {**moving, **alike}):
        if len(group) > len(moving) and not ways:
            ways = [way for way in exposed(seen, group) if way.kind != "held"]
    ways = ways or exposed(seen, moving)
    for way in ways[:2]:
        chosen = {e: everything[e] for e in way.grads.of}
        grads = _signed(seen, way, chosen, rate)
        yield Way(chosen, grads, None, rate, way.setup, way.matched, way.kind)
    if seen.driver.plain:
        params = {e: m for e, m in everything.items() if e in moving or e in alike}
        yield from _updates(seen, params, rate)


def _updates(seen: Observation, params: Mapping[str, Moved], rate: Rate | None) -> Iterator[Way]:
    """The ways to have the gradient of an update alone: what the optimiser made of it is taken back."""
    lr = rate.expression if rate is not None else "1.0"
    found = _replayed(seen, params)
    if found is not None and is_normalised(found):
        state = from_state(seen, params, found)
        if state is not None:
            yield Way(dict(params), state[0], None, rate, "", 1.0, "state", state[1])
        return  # without the means there is no gradient to be had: better to ask for it
    decay = resting_decay(seen, params, rate)
    for gain in (gains(found) if found is not None else []) or [Gain("", "")]:
        step = Step(seen.driver.text, f"{lr} * {gain.text}" if gain.text else lr)
        if decay is None:
            yield Way(dict(params), None, step, rate, "", 1.0, "update", gain.name)
        else:
            name = decay.beside(gain.name)
            yield Way(
                dict(params),
                without(decay, step, {e: e for e in params}),
                None,
                rate,
                "",
                1.0,
                "update",
                name,
            )


def _replayed(seen: Observation, params: Mapping[str, Moved]) -> Replayed | None:
    """The updates again and again, without a decay of the weights that hides what they are."""
    found = replayed(seen, params)
    hidden = found is not None and not is_normalised(found) and decays_apart(seen)
    return undecayed(found, params) if found is not None and hidden else found


def hides_gradient(seen: Observation, params: Mapping[str, Moved]) -> bool:
    """Whether an update divides the gradient by its own size, and keeps nothing of it in reach."""
    found = _replayed(seen, params)
    return found is not None and is_normalised(found) and from_state(seen, params, found) is None


def _signed(seen: Observation, way: Exposed, params: Mapping[str, Moved], rate: Rate | None) -> Grads:
    """The gradient as descent uses it: with the sign of the update, and without a rate multiplied into it."""
    values = _gradient(seen, way.grads, way.setup)
    if values is None:
        return way.grads
    ratios = [
        float(np.sum(params[e].update * values[e]) / np.sum(values[e] ** 2))
        for e in params
        if params[e].moved and values[e].any() and parallel(params[e].update, values[e])
    ]
    of = dict(way.grads.of)
    if ratios and all(ratio < 0 for ratio in ratios):
        of = {e: f"-{text}" for e, text in of.items()}
    if (
        rate is not None
        and ratios
        and all(abs(abs(ratio) - 1) < ROUNDING for ratio in ratios)
        and rate.double is not None
    ):
        twice = _gradient(seen, way.grads, way.setup, rate)
        if twice is not None and all(np.allclose(twice[e], 2 * values[e]) for e in params):
            of = {e: f"{text} / {rate.expression}" for e, text in of.items()}
    return Grads(way.grads.run, of)


def _gradient(
    seen: Observation, grads: Grads, setup: str, rate: Rate | None = None
) -> dict[str, NDArray[np.float64]] | None:
    try:
        live = seen.driver.stage.start()
        if rate is not None and rate.double is not None:
            rate.double(live)
        live.execute(f"{setup}\n{grads.run}")
        values = {e: as_array(live.evaluate(text)) for e, text in grads.of.items()}
    except Exception:  # noqa: BLE001 -- as for the rate itself
        return None
    if any(value is None for value in values.values()):
        return None
    return values  # type: ignore[return-value] # None is ruled out


def stored(seen: Observation) -> set[str]:
    """Numbers that the loop assigns to although they stay as they are, such as integers cut off again."""
    training = seen.driver.stage.scene.training
    values = {id(change.value[0]) for change in training.changes.values()}
    space = {e: e for e in seen.numbers}
    names = {c.expression for c in training.changes.values() if id(c.value[0]) in values and c.still}
    return {
        e
        for e in space
        if e.removeprefix("m.") in names or any(e.endswith(f".{n.rpartition('.')[2]}") for n in names)
    }
