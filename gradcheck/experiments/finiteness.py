"""Train with floating-point errors raised: the first operation to leave the finite numbers names its line."""

from __future__ import annotations

import traceback
from textwrap import indent
from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.trained import trained_as_is
from gradcheck.findings import Observation
from gradcheck.subject.patience import OutOfTimeError, patience
from gradcheck.subject.whole import whole_of

LONGEST = 5.0


def finiteness_audit(lab: Lab) -> Observation:
    """Facts: `lost`, at most one of {line, what, loss, raised}: training that ends without a finite loss.

    `what` is numpy's own word for the first operation that overflowed, divided by zero or was invalid; `line` is where
    it stands, 0 where it is not in the file; `loss` is the loss after training, as text; `raised` the exception with
    which that broke off, as where nothing was better than no number, and empty where it came to its end.
    """
    trained = lab.once(trained_as_is)
    if not lab.wiring.train or (trained is not None and np.isfinite(trained.after)):
        return Observation("finiteness_audit", {"lost": []})
    problem = _first_problem(lab)
    ended = _ended(lab) if problem is not None else None
    return Observation("finiteness_audit", {"lost": [{**problem, **ended}] if problem and ended else []})


def _first_problem(lab: Lab) -> dict[str, Any] | None:
    """The first floating-point error of training and of the loss afterwards, whose code runs with errors raised."""
    body = f"{lab.wiring.train}\n{whole_of(lab.wiring).loss}"
    raising = f"with np.errstate(divide='raise', over='raise', invalid='raise'):\n{indent(body, '    ')}"
    try:
        with patience(LONGEST):
            lab.program.start().execute(raising)
    except GradcheckError as problem:
        cause = problem.__cause__
        return _described(lab, cause) if isinstance(cause, FloatingPointError) else None
    except OutOfTimeError:
        return None
    return None


def _described(lab: Lab, problem: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(problem.__traceback__)
    lines = [frame.lineno or 0 for frame in frames if frame.filename == lab.path]
    return {"line": lines[-1] if lines else 0, "what": str(problem)}


def _ended(lab: Lab) -> dict[str, str] | None:
    """The loss that training leaves, and what it raised; None where that is finite, or cannot be had."""
    raised = ""
    try:
        with patience(LONGEST):
            live = lab.program.start()
            try:
                live.execute(lab.wiring.train)
            except GradcheckError as problem:
                raised = type(problem.__cause__).__name__
            loss = float(np.asarray(live.evaluate(whole_of(lab.wiring).loss)).reshape(()))
    except (GradcheckError, OutOfTimeError, TypeError, ValueError):
        return None
    return None if np.isfinite(loss) else {"loss": str(loss), "raised": raised}
