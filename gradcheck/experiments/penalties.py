"""Switch the penalty off and train again: where the data is learned only then, the penalty was too strong."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.experiments.dtypes import parameter_dtypes
from gradcheck.experiments.lab import Lab, open_lab
from gradcheck.experiments.origins import origins
from gradcheck.experiments.penalty import scale_penalty, switched_off
from gradcheck.experiments.rates import LOWER, scaled_source
from gradcheck.experiments.trained import trained_as_is, trained_from
from gradcheck.experiments.training import uniform_with
from gradcheck.findings import Observation
from gradcheck.subject.program import Values
from gradcheck.subject.whole import whole_of
from gradcheck.subject.wiring import Wiring

STUCK = 0.9
# A training that leaves more than this share of the data's loss has learned nothing of it; nor has one that ends with
# the same outputs for every sample, though a start worse than that may make its share small.
FREED = 0.7
# Without the penalty, less than this share must be left for the penalty to be the cause.


def strength_audit(lab: Lab) -> Observation:
    """Facts: `strong`, at most one of {scalar, value, before, own, other, line, lines}.

    `before` and `own` are the loss without its penalty, before training and behind it; `other` is what training
    leaves of it with `scalar`, the strength of the penalty, at 0.
    """
    cut_off = lab.once(parameter_dtypes).facts[
        "integers"
    ]  # any push that is cut off leads away, a penalty's too
    own = None if lab.wrong or cut_off else lab.once(trained_as_is)
    scalar = lab.once(scale_penalty).facts["scalar"] if own is not None else ""
    found: list[dict[str, Any]] = []
    for name, value, wiring in switched_off(lab) if own is not None and scalar else ():
        if own is None or name != scalar:
            continue
        free = open_lab(lab.path, lab.source, wiring, lab.seed).once(trained_as_is)
        left = _loss(lab, wiring, own.parameters)
        bar = FREED * min(left, free.before) if free is not None else 0.0
        if (
            free is not None
            and (left > STUCK * free.before or uniform_with(lab, own.parameters))
            and free.after < bar
            and not _by_rate(lab, wiring, bar)
        ):
            lines = origins(lab, lab.tracer.source, name, {value})
            fact = {"scalar": name, "value": value, "before": free.before, "own": left, "other": free.after}
            found = [{**fact, "lines": lines, "line": lines[0] if lines else 0}]
    return Observation("strength_audit", {"strong": found})


def _by_rate(lab: Lab, wiring: Wiring, bar: float) -> bool:
    """Whether the data is learned with the penalty as it is and a lower rate, so that the rate is to blame."""
    sources = (scaled_source(lab, factor) for factor in LOWER)
    lower = (trained_from(lab, source) for source in sources if source is not None)
    return any(found is not None and _loss(lab, wiring, found.parameters) < bar for found in lower)


def _loss(lab: Lab, wiring: Wiring, parameters: Values) -> float:
    """The loss over all data under another wiring, at some parameters; infinite where it is no number."""
    if not all(np.all(np.isfinite(value)) for value in parameters.values()):
        return np.inf
    try:
        live = lab.variant(wiring).start()
        live.set(parameters)
        loss = float(np.asarray(live.evaluate(whole_of(wiring).loss)).reshape(()))
    except (GradcheckError, TypeError, ValueError):
        return np.inf
    return loss if np.isfinite(loss) else np.inf
