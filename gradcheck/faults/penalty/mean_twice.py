"""The gradient is divided by the batch size twice."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC322",
    name="mean-twice",
    family=Family.SCALING,
    severity=Severity.WARNING,
    number=25,
    title="the gradient is divided by the batch size twice",
    what="The delta already holds the 1/N of the mean, and each gradient is divided by N again.",
    algebra=(
        "loss        L = 1/N Σ_i L_i\n"
        "should be   ∂L/∂W = hᵀ (p - y) / N\n"
        "computed    ∂L/∂W = hᵀ ((p - y) / N) / N   = 1/N of the true one"
    ),
    shows=(
        "Every parameter is 1/N times the numerical gradient (the penalty's part excepted). Training "
        "is slow, slower with larger batches."
    ),
    fix="Divide once: in the delta of the output, or in each gradient.",
    exceptions="A rate chosen for it trains as well, until the batch changes its size.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(Change('dZ3 = cache["A3"] - Y', 'dZ3 = (cache["A3"] - Y) / m'),),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
