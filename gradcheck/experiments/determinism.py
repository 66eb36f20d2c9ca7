"""Run everything twice: does the loss repeat itself, does the gradient, does a second call find what the first left?"""

from __future__ import annotations

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation
from gradcheck.subject.program import Values


def determinism(lab: Lab) -> Observation:
    """Facts: `loss_repeats`, `gradient_repeats`, `draws` (random numbers in the gradient), `second_call` (a ratio)."""
    one, other = lab.program.start(), lab.program.start()
    loss_repeats = one.loss() == other.loss() == other.loss()
    live = lab.program.start()
    first = live.gradient()
    draws = live.randomness.moved()
    again = lab.program.start().gradient()
    return Observation(
        "determinism",
        {
            "loss_repeats": loss_repeats,
            "gradient_repeats": _equal(first, again),
            "draws": draws,
            "second_call": None if lab.wiring.step else _second_call(lab),
        },
        "" if loss_repeats else "the loss is not the same when it is evaluated twice at one point",
    )


def _second_call(lab: Lab) -> float | None:
    """How many times the gradient a second call on the same network gives; None where that is no plain multiple."""
    live = lab.program.start()
    first, second = live.gradient(), live.gradient()
    one = np.concatenate([first[name].ravel() for name in first])
    two = np.concatenate([second[name].ravel() for name in first])
    power = float(one @ one)
    if one.shape != two.shape or power == 0.0:
        return None
    ratio = float(one @ two) / power
    return ratio if np.allclose(two, ratio * one, rtol=1e-9, atol=1e-12 * np.sqrt(power)) else None


def _equal(one: Values, other: Values) -> bool:
    return all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)
