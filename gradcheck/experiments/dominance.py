"""Weigh the parts of a gradient: where nearly all of it is the penalty's, a check says little about the data's part."""

from __future__ import annotations

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.experiments.origins import origins
from gradcheck.experiments.penalty import scale_penalty
from gradcheck.experiments.varying import is_matrix
from gradcheck.findings import Observation

SHARE = 0.01
# A fault in a part of this size stays below the 1e-2 at which courses call a gradient wrong (CS231n).


def dominance_audit(lab: Lab) -> Observation:
    """Facts: `dominated`, at most one of {parameters, scalar, value, share, lines}.

    The measured gradient of the parameters, weight matrices all, is the penalty's but for `share` of its norm, the
    largest among them. `scalar` is what scales the penalty; `lines` where it is used and given its value.
    """
    facts = lab.once(scale_penalty).facts
    shares = {}
    for name, term in facts["terms"].items():
        measured, weights = lab.truth.numerical.values[name], lab.truth.values[name]
        known = np.isfinite(measured)
        size = float(np.linalg.norm(measured[known]))
        if is_matrix(weights) and term["loss"] and size > 0.0:
            left = measured[known] - term["loss"] * weights[known]
            shares[name] = float(np.linalg.norm(left)) / size
    if not shares or max(shares.values()) > SHARE:
        return Observation("dominance_audit", {"dominated": []})
    given = origins(lab, lab.tracer.source, facts["scalar"], {facts["value"]})
    lines = [line for line in (facts["line"], *given) if line]
    fact = {"scalar": facts["scalar"], "value": facts["value"], "lines": lines}
    return Observation(
        "dominance_audit",
        {"dominated": [{**fact, "parameters": list(shares), "share": max(shares.values())}]},
    )
