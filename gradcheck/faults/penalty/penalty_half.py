"""The penalty's gradient is half of what the loss implies."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC303",
    name="penalty-half",
    family=Family.REGULARIZATION,
    number=70,
    title="the penalty's gradient is half of what the loss implies",
    what=(
        "The loss adds λ ΣW², the backward pass λ W. The 2 of the square has been lost, or belongs to "
        "a loss with λ/2."
    ),
    algebra=(
        "loss        L = data + λ Σ W²\n"
        "should be   ∂L/∂W = data part + 2λ W\n"
        "computed            data part +  λ W"
    ),
    shows=(
        "The error is -λ W: proportional to W, the same factor in every layer. Biases agree. Weights "
        "decay half as fast as the loss asks."
    ),
    fix="Write 2λ W, or λ/2 in the loss.",
    exceptions="A loss with λ/2 ΣW², whose gradient is λ W.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change("dW2 += 2 * self.reg * self.W2", "dW2 += self.reg * self.W2"),
            Change("dW1 += 2 * self.reg * self.W1", "dW1 += self.reg * self.W1"),
        ),
        spoils=("W1", "W2"),
    ),
)
