"""The whole gradient carries a constant factor."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC323",
    name="stray-factor",
    family=Family.SCALING,
    severity=Severity.WARNING,
    number=26,
    title="the whole gradient carries a constant factor",
    what=(
        "A constant of another loss stands in the delta: the 2 of a square, 1/K of a mean over the "
        "outputs, 1/ln 2."
    ),
    algebra=(
        "first equation, the delta of the output:\n"
        "  should be   δ = (p - y) / N\n"
        "  computed    δ = k (p - y) / N      with k = 2, 1/2, 1/K ..."
    ),
    shows=(
        "Every parameter is k times the numerical gradient (the penalty's part excepted), for any "
        "batch size. It only rescales the rate."
    ),
    fix="Remove the factor, or put it into the loss.",
    exceptions="A factor that the loss has as well.",
    specimen=Specimen(
        base=RELU_BINARY,
        inject=(Change("d3 = (sigmoid(z3) - y) / len(X)", "d3 = 2 * (sigmoid(z3) - y) / len(X)"),),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
