"""The loss over all the data after each of the first steps of a training call."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.watched import watch_training
from gradcheck.subject.whole import whole_of

FEWEST = 6
# Steps to have seen before their share means anything.
SWINGS = 0.25
# Share of the steps that raise the loss: AutoTrainer asks for a fifth of all epochs.


def loss_curve(lab: Lab) -> list[float]:
    """The loss at the start and after each round of updates that was watched; empty where it is no number."""
    seen = lab.once(watch_training)
    if not seen.changes:
        return []
    values = lab.program.start().parameters()
    states = [dict(values)]
    head = seen.changes[0].parameter
    for place, change in enumerate(seen.changes):
        values[change.parameter] = change.after
        last = place + 1 == len(seen.changes)
        if not last and seen.changes[place + 1].parameter == head:
            states.append(dict(values))
    loss = whole_of(lab.wiring).loss
    curve = []
    try:
        for state in states:
            live = lab.program.start()
            live.set(state)
            with np.errstate(all="ignore"):
                curve.append(float(np.asarray(live.evaluate(loss)).reshape(())))
    except (GradcheckError, TypeError, ValueError):
        return []
    return curve


def rises(curve: list[float]) -> tuple[float, int] | None:
    """The share of steps that raise the loss, and how many there are; None for too few steps.

    Example:
        >>> rises([4.0, 5.0, 3.0, 4.0, 2.0, 3.0, 1.0])
        (0.5, 6)
    """
    steps = [(one, other) for one, other in pairwise(curve) if np.isfinite(one)]
    if len(steps) < FEWEST:
        return None
    return sum(not other <= one for one, other in steps) / len(steps), len(steps)


def may_swing(lab: Lab) -> bool:
    """Whether many of the first steps raise the loss over all data, or too few could be seen to tell."""
    share = rises(lab.once(loss_curve))
    return share is None or share[0] >= SWINGS
