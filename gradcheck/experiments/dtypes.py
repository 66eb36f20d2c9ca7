"""Look at the dtypes: an array of integers truncates every update that is assigned into it."""

from __future__ import annotations

import numpy as np

from gradcheck.experiments.births import birth_lines
from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation


def parameter_dtypes(lab: Lab) -> Observation:
    """Facts: `integers`, the parameters that start as arrays of integers, each {parameter, dtype, line}.

    `line` is where it is first given a value, 0 where that is not found.
    """
    live = lab.program.start()
    arrays = {name: live.object(name) for name in lab.wiring.params}
    integers = [
        {"parameter": name, "dtype": str(value.dtype), "line": next(iter(birth_lines(lab, [name])), 0)}
        for name, value in arrays.items()
        if isinstance(value, np.ndarray) and value.dtype.kind in "iub"
    ]
    names = ", ".join(str(fact["parameter"]) for fact in integers)
    return Observation(
        "parameter_dtypes", {"integers": integers}, f"{names} holds integers" if integers else ""
    )
