"""Train once more and compare: the loss before and after the training call, as it stands or edited."""

from __future__ import annotations

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.program import Program
from gradcheck.subject.whole import whole_of

LONGEST = 3.0
# Seconds for one training call.


def losses_around_training(lab: Lab, source: str | None = None) -> tuple[float | None, float | None]:
    """The loss over all data before and after the training call; None where there is none, or where it is too long.

    Args:
        lab: the subject.
        source: an edited text of the file to train in its place.
    """
    if not lab.wiring.train:
        return None, None
    loss = whole_of(lab.wiring).loss
    try:
        program = lab.program if source is None else Program(lab.path, source, lab.wiring, seed=lab.seed)
        live = program.start()
        before = float(np.asarray(live.evaluate(loss)).reshape(()))
        with patience(LONGEST):
            live.execute(lab.wiring.train)
        return before, float(np.asarray(live.evaluate(loss)).reshape(()))
    except (GradcheckError, OutOfTimeError, TypeError, ValueError, SyntaxError):
        return None, None
