"""The gradient is summed over the batch, the loss is averaged."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC321",
    name="summed-gradient",
    family=Family.SCALING,
    severity=Severity.WARNING,
    number=24,
    title="the gradient is summed over the batch, the loss is averaged",
    what=(
        "The loss divides by the number of samples and its gradient does not. Every entry is N times "
        "the true one."
    ),
    algebra=(
        "loss        L = 1/N Σ_i L_i\n"
        "should be   δ = 1/N (p - y)\n"
        "computed    δ =     (p - y)   = N times the true one"
    ),
    shows=(
        "Every parameter agrees with the numerical gradient up to one factor, the size of the batch: "
        "twice the batch, twice the factor. With a penalty the factor holds for the data's part "
        "alone. The learning rate acts as if it were N times larger."
    ),
    fix="Divide the delta of the output by N, once; everything below follows.",
    exceptions=(
        "A loss that is a sum has a gradient that is a sum. A rate chosen for summed gradients trains "
        "as well, until the batch changes its size."
    ),
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        delta2 /= n\n        dW2 = self.h1.T @ delta2", "        dW2 = self.h1.T @ delta2"
            ),
        ),
        spoils=("W1", "b1", "W2", "b2"),
    ),
)
