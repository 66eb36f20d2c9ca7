"""The penalty's gradient is added twice."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC305",
    name="penalty-doubled",
    family=Family.REGULARIZATION,
    number=73,
    title="the penalty's gradient is added twice",
    what=(
        "Two places add it: the layer's backward and the code that collects the gradients, or a "
        "helper and its caller."
    ),
    algebra=(
        "loss        L = data + λ Σ W²\n"
        "should be   ∂L/∂W = data part + 2λ W\n"
        "computed            data part + 4λ W"
    ),
    shows=("The error is +2λ W: proportional to W with the factor that was expected once. Biases agree."),
    fix="Remove one of the two.",
    exceptions="Two penalties in the loss, which have two gradients.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change("dW2 = self.h1.T @ delta2", "dW2 = self.h1.T @ delta2 + 2 * self.reg * self.W2"),
            Change("dW1 = X.T @ delta1", "dW1 = X.T @ delta1 + 2 * self.reg * self.W1"),
        ),
        spoils=("W1", "W2"),
    ),
)
