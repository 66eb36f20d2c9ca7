"""The gradient leaves one layer out of the penalty."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC308",
    name="layer-unpenalised",
    family=Family.REGULARIZATION,
    number=76,
    title="the gradient leaves one layer out of the penalty",
    what=(
        "The loss adds the squares of all layers, and the gradient of one of them lacks its part: a "
        "loop that starts at 1 or ends one early, a line not copied."
    ),
    algebra=(
        "loss        L = data + λ Σ_l Σ W_l²\n"
        "should be   ∂L/∂W_l = data part + 2λ W_l     for every l\n"
        "computed    ∂L/∂W_1 = data part"
    ),
    shows="One matrix has the error -2λ W, all others agree.",
    fix="Add the missing line, or take the layer out of the loss.",
    exceptions="Layers that the loss does not penalise either.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        dW2 += 2 * self.reg * self.W2\n        dW1 += 2 * self.reg * self.W1",
                "        dW2 += 2 * self.reg * self.W2",
            ),
        ),
        spoils=("W1",),
    ),
)
