"""The loss penalises biases, the gradient does not."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC312",
    name="bias-penalty-missing",
    family=Family.REGULARIZATION,
    title="the loss penalises biases, the gradient does not",
    what=(
        "The loss adds the squares of all parameters, biases too, and the backward pass adds the "
        "penalty's part to the weights only."
    ),
    algebra=(
        "loss        L = data + λ (Σ W² + Σ b²)\n"
        "should be   ∂L/∂b = Σ_i δ_i + 2λ b\n"
        "computed    ∂L/∂b = Σ_i δ_i"
    ),
    shows=(
        "Weights agree. The error of each bias is -2λ b: proportional to the bias, and invisible "
        "where biases start at zero."
    ),
    fix="Leave biases out of the loss, as is customary, or add 2λ b to their gradients.",
    exceptions="A loss that counts weights only.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        return data_loss + penalty",
                "        penalty += self.reg * (np.sum(self.b1**2) + np.sum(self.b2**2))\n"
                "        return data_loss + penalty",
            ),
        ),
        spoils=("b1", "b2"),
    ),
)
