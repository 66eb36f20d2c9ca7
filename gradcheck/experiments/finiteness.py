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
    """Facts: `lost`, at most one of {line, what, loss}: training that ends without a finite loss.

    `what` is numpy's own word for the first operation that overflowed, divided by zero or was invalid; `line` is where
    it stands, 0 where it is not in the file; `loss` is the loss after training, as text, or what training raised where
    it broke off, as where nothing was better than no number.
    """
    trained = lab.once(trained_as_is)
    if not lab.wiring.train or (trained is not None and np.isfinite(trained.after)):
        return Observation("finiteness_audit", {"lost": []})
    problem = _first_problem(lab)
    loss = _loss_afterwards(lab) if problem is not None else None
    if problem is None or loss is None or (isinstance(loss, float) and np.isfinite(loss)):
        return Observation("finiteness_audit", {"lost": []})
    return Observation("finiteness_audit", {"lost": [{**problem, "loss": str(loss)}]})


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


def _loss_afterwards(lab: Lab) -> float | str | None:
    """The loss after training, or the name of what training raised; None where neither can be had."""
    live = lab.program.start()
    try:
        with patience(LONGEST):
            live.execute(lab.wiring.train)
            return float(np.asarray(live.evaluate(whole_of(lab.wiring).loss)).reshape(()))
    except GradcheckError as problem:
        return type(problem.__cause__).__name__ if problem.__cause__ is not None else None
    except (OutOfTimeError, TypeError, ValueError):
        return None
