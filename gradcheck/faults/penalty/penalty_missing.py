"""The penalty is in the loss but not in the gradient."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC302",
    name="penalty-missing",
    family=Family.REGULARIZATION,
    number=69,
    title="the penalty is in the loss but not in the gradient",
    what="The loss adds λ ΣW² and the backward pass differentiates the data loss alone.",
    algebra=(
        "loss        L = data + λ Σ W²\nshould be   ∂L/∂W = data part + 2λ W\ncomputed            data part"
    ),
    shows=(
        "The error is -2λ W: proportional to W, and gone for λ = 0. Biases agree. Changing λ changes "
        "the reported loss and nothing else."
    ),
    fix="Add 2λ W to each penalised gradient, after the data's part is complete.",
    exceptions="Reporting a penalty that is not trained on; the update may hold the decay instead.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        db1 = delta1.sum(axis=0)\n"
                "        dW2 += 2 * self.reg * self.W2\n"
                "        dW1 += 2 * self.reg * self.W1",
                "        db1 = delta1.sum(axis=0)",
            ),
        ),
        spoils=("W1", "W2"),
    ),
)
