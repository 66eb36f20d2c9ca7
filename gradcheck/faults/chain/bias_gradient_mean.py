"""The gradient of a bias is averaged where it should be summed."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC262",
    name="bias-gradient-mean",
    family=Family.BIAS_GRAD,
    number=63,
    title="the gradient of a bias is averaged where it should be summed",
    what=(
        "The deltas already hold the 1/N of the averaged loss, and the bias takes their mean: 1/N "
        "twice. The weights, whose matrix product sums, are right."
    ),
    algebra=(
        "third equation, the gradient of the biases:\n"
        "  should be   ∂L/∂b = Σ_i δ_i\n"
        "  computed    ∂L/∂b = 1/N Σ_i δ_i"
    ),
    shows=(
        "This bias is 1/N times the numerical gradient, every weight agrees. Biases learn N times too slowly."
    ),
    fix="Sum over the samples; divide by N in one place only, best in the delta of the output.",
    exceptions=("Deltas without the 1/N: then the mean is right, and the weights need the division too."),
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("db2 = delta2.sum(axis=0)", "db2 = delta2.mean(axis=0)"),),
        spoils=("b2",),
    ),
)
