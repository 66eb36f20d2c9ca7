"""The penalty's gradient is not the derivative of the penalty."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC319",
    name="penalty-gradient-wrong",
    family=Family.REGULARIZATION,
    title="the penalty's gradient is not the derivative of the penalty",
    what=(
        "The data's part of the gradient is right and the penalty's part is not, in a way that fits "
        "none of the faults with a name of their own."
    ),
    algebra=(
        "loss        L = data + R(W)\n"
        "should be   ∂L/∂W = data part + R'(W)\n"
        "R = λ Σ W²: R' = 2λ W      R = λ Σ |W|: R' = λ sign(W)"
    ),
    shows=("With λ = 0 every parameter agrees; the error depends on the weights and not on the data."),
    fix="Differentiate the penalty as the loss has it, entry by entry.",
    exceptions="Decay in the update only, with no penalty in the loss.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("dW1 += 2 * self.reg * self.W1", "dW1 += 2 * self.reg * self.W1**2"),),
        spoils=("W1",),
    ),
)
