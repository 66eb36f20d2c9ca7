"""Train a copy and compare: as it stands, edited, from another start, on other inputs, under another wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.experiments.forward import outputs_of
from gradcheck.experiments.lab import Lab
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Live, Program, Values
from gradcheck.subject.whole import whole_of
from gradcheck.subject.wiring import Wiring

LONGEST = 3.0
# Seconds for one training call.


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """One training call, from its start to its end.

    Attributes:
        before: the loss over all data before it.
        after: the same behind it; infinite where that is no number.
        parameters: as they were left.
        outputs: of the network, over all data, behind it; None where the wiring has none.
    """

    before: float
    after: float
    parameters: Values
    outputs: NDArray[np.float64] | None


def trained_as_is(lab: Lab) -> Trained | None:
    """The training call as it stands; ask for it by `lab.once`."""
    return trained_from(lab)


def moved_by_training(lab: Lab) -> frozenset[str] | None:
    """The parameters that the training call moves, None where it cannot be run; ask for it by `lab.once`."""
    own = lab.once(trained_as_is)
    if own is None:
        return None
    start = lab.program.start().parameters()
    return frozenset(n for n, v in own.parameters.items() if not np.array_equal(v, start[n], equal_nan=True))


def trained_from(
    lab: Lab, source: str | None = None, change: Callable[[Live], None] | None = None
) -> Trained | None:
    """Run the training call of the wiring; None where there is none, where it raises, or where it is too long.

    Args:
        lab: the subject.
        source: an edited text of the file to train in its place.
        change: what to do to the network first: set its parameters, say, or scale its data.
    """
    if not lab.wiring.train:
        return None
    whole = whole_of(lab.wiring)
    try:
        program = lab.program if source is None else Program(lab.path, source, lab.wiring, seed=lab.seed)
        live = program.start()
        if change is not None:
            change(live)
        start, before = live.parameters(), float(np.asarray(live.evaluate(whole.loss)).reshape(()))
        with patience(LONGEST), np.errstate(all="ignore"):
            live.execute(lab.wiring.train)
        after = float(np.asarray(live.evaluate(whole.loss)).reshape(()))
        if trains_others(lab.wiring, start, live.parameters()):
            return None
        outputs = outputs_of(live, whole.outputs)
        return Trained(before, after if np.isfinite(after) else np.inf, live.parameters(), outputs)
    except (GradcheckError, OutOfTimeError, TypeError, ValueError, SyntaxError):
        return None


def trains_others(wiring: Wiring, before: Values, after: Values) -> bool:
    """Whether a training call left the parameters alone since it trains others, that it makes for itself."""
    return not wiring.trains and all(np.array_equal(before[name], after[name]) for name in before)


def losses_around_training(lab: Lab, source: str | None = None) -> tuple[float | None, float | None]:
    """The loss over all data before and after the training call; None where there is none, or where it is too long.

    Args:
        lab: the subject.
        source: an edited text of the file to train in its place.
    """
    found = lab.once(trained_as_is) if source is None else trained_from(lab, source)
    return (None, None) if found is None else (found.before, found.after)
