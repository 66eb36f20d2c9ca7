"""Look at the dtypes on the way to the loss: one array of single precision leaves it seven digits."""

from __future__ import annotations

import numpy as np

from gradcheck.experiments.lab import Lab
from gradcheck.findings import Observation


def precision_audit(lab: Lab) -> Observation:
    """Facts: `rounded`, at most one of {line, text, dtype, unit}: the first expression that is not double precision.

    `unit` is the relative rounding error of its dtype. Parameters are set in double precision for a check; what is
    rounded here is rounded by the code on its way to the loss.
    """
    source = lab.tracer.source
    seen = lab.tracer.recording(lambda live: live.loss()).seen
    for number, record in seen.items():
        value = record.values[0]
        if (
            isinstance(value, np.ndarray | np.floating)
            and value.dtype.kind == "f"
            and value.dtype.itemsize < 8
        ):
            site = source.sites[number]
            unit = float(np.finfo(value.dtype).eps) / 2.0
            fact = {"line": site.line, "text": source.text(site), "dtype": str(value.dtype), "unit": unit}
            return Observation("precision_audit", {"rounded": [fact]})
    return Observation("precision_audit", {"rounded": []})
