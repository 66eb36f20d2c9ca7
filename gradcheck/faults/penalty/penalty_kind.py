"""Loss and gradient penalise different norms."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC306",
    name="penalty-kind",
    family=Family.REGULARIZATION,
    number=74,
    title="loss and gradient penalise different norms",
    what="The loss adds squares (L2) and the gradient adds signs (L1), or the other way round.",
    algebra=("L2:  λ Σ W²     has the gradient  2λ W\nL1:  λ Σ |W|    has the gradient   λ sign(W)"),
    shows=(
        "The error is a combination of W and sign(W), entry by entry; the part that depends on the "
        "data agrees. Biases agree."
    ),
    fix="Let the gradient be that of the penalty in the loss.",
    exceptions="Elastic net: a loss with both has both in its gradient.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change("dW2 += 2 * self.reg * self.W2", "dW2 += self.reg * np.sign(self.W2)"),
            Change("dW1 += 2 * self.reg * self.W1", "dW1 += self.reg * np.sign(self.W1)"),
        ),
        spoils=("W1", "W2"),
    ),
)
