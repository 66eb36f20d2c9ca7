"""Take updates apart: a step that shrinks the weights as well, where the loss has a penalty already."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

from gradcheck.experiments.decaying import decay_terms
from gradcheck.experiments.lab import Lab
from gradcheck.experiments.penalty import scale_penalty
from gradcheck.experiments.updates import update_watch
from gradcheck.experiments.watched import Change, fact_of, watch_training
from gradcheck.findings import Observation

EXACT = 1e-9
# Of a step: what a decay and multiples of the arrays in the statement leave of it.
SHARE = 1e-3
# Of a step: a decay that makes up less of it is none.

Fact = dict[str, Any]


def decay_audit(lab: Lab) -> Observation:
    """Facts: `decayed`, a list of {line, lines, parameters, shrunk, scalar}.

    An update holds a multiple of a parameter, `shrunk`, besides its gradient, although the loss penalises that
    parameter with strength `scalar` and the gradient says so: a term of its own, or else what is left of a step when
    the multiples of the other arrays that its statement reads are taken off.
    """
    if lab.once(update_watch).facts["replaced"]:  # a parameter that is its own step shrinks as that does
        return Observation("decay_audit", {"decayed": []})
    facts = lab.once(scale_penalty).facts
    penalised = {name for name, term in facts["terms"].items() if term["loss"] and term["code"]}
    terms = decay_terms(lab, penalised)
    if terms:
        decayed = [{**fact, "scalar": facts["scalar"]} for fact in terms]
        return Observation("decay_audit", {"decayed": decayed})
    return Observation("decay_audit", {"decayed": _left_of_steps(lab, penalised, facts["scalar"])})


def _left_of_steps(lab: Lab, penalised: AbstractSet[str], scalar: str) -> list[Fact]:
    seen = lab.once(watch_training)
    found: dict[int, tuple[set[str], float]] = {}
    for change in seen.changes if penalised else ():
        shrunk = _shrunk(change) if change.parameter in penalised else 0.0
        if shrunk < 0.0:
            names, least = found.setdefault(change.site, (set(), shrunk))
            names.add(change.parameter)
            found[change.site] = names, min(least, shrunk)
    return [
        fact_of(seen, [site], names, shrunk=-least, scalar=scalar) for site, (names, least) in found.items()
    ]


def _shrunk(change: Change) -> float:
    """The multiple of a parameter's own value in its step; 0 where the step is not made of such terms."""
    step, own = change.after - change.before, change.before
    others = [
        np.asarray(array, dtype=float)
        for array in change.arrays.values()
        if not np.array_equal(array, change.before) and not np.array_equal(array, change.after)
    ]
    if not others or own.size <= len(others) + 1 or not np.any(own) or not np.all(np.isfinite(step)):
        return 0.0
    columns = np.stack([array.ravel() for array in (own, *others)], axis=1)
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        return 0.0  # a gradient that is all penalty is a multiple of the parameter itself
    weights, *_ = np.linalg.lstsq(columns, step.ravel(), rcond=None)
    size = float(np.linalg.norm(step))
    left = float(np.linalg.norm(columns @ weights - step.ravel()))
    share = abs(float(weights[0])) * float(np.linalg.norm(own))
    return float(weights[0]) if left <= EXACT * size and share > SHARE * size else 0.0
