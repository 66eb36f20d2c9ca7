"""The penalty's gradient has the wrong sign."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC304",
    name="penalty-sign",
    family=Family.REGULARIZATION,
    number=71,
    title="the penalty's gradient has the wrong sign",
    what=(
        "The penalty's gradient is subtracted from the gradient instead of added, usually because the "
        "update subtracts. Weights grow instead of decaying."
    ),
    algebra=(
        "loss        L = data + λ Σ W²\n"
        "should be   ∂L/∂W = data part + 2λ W\n"
        "computed            data part - 2λ W"
    ),
    shows=(
        "The error is -4λ W: proportional to W with twice the expected factor, negative. The norm of "
        "the weights grows without limit, the faster the larger λ."
    ),
    fix="Add it. The minus of the update applies to the whole gradient.",
    exceptions=(
        "Code whose update adds a descent direction, W += lr (-gradient - 2λ W): there the minus is right."
    ),
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change("dW2 += 2 * self.reg * self.W2", "dW2 -= 2 * self.reg * self.W2"),
            Change("dW1 += 2 * self.reg * self.W1", "dW1 -= 2 * self.reg * self.W1"),
        ),
        spoils=("W1", "W2"),
    ),
)
