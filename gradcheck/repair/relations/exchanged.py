"""Gradients that were given to each other's parameters."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from gradcheck.repair.context import Context
from gradcheck.repair.relations.arrays import near
from gradcheck.subject.truth import fit_shape


def exchanged(context: Context) -> list[tuple[str, str]]:
    """Pairs of wrong parameters of which either has the other's true gradient."""
    true, used = context.tracer.truth.numerical.values, context.tracer.gradient
    found = []
    for one, other in combinations(sorted(context.wrong), 2):
        if true[one].shape != true[other].shape or not np.any(true[one]) or not np.any(true[other]):
            continue
        fits = [fit_shape(used[name], true[name].shape) for name in (one, other)]
        if fits[0] is None or fits[1] is None or not all(np.all(np.isfinite(true[n])) for n in (one, other)):
            continue
        if near(fits[0], true[other]) and near(fits[1], true[one]):
            found.append((one, other))
    return found
