"""Look at the dtypes: an array of integers truncates every update that is assigned into it."""

from __future__ import annotations

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation


def parameter_dtypes(lab: Lab) -> Observation:
    """Facts: `integers`, the parameters that start as arrays of integers, each {parameter, dtype}."""
    live = lab.program.start()
    arrays = {name: live.object(name) for name in lab.wiring.params}
    integers = [
        {"parameter": name, "dtype": str(value.dtype)}
        for name, value in arrays.items()
        if isinstance(value, np.ndarray) and value.dtype.kind in "iub"
    ]
    names = ", ".join(fact["parameter"] for fact in integers)
    return Observation(
        "parameter_dtypes", {"integers": integers}, f"{names} holds integers" if integers else ""
    )
