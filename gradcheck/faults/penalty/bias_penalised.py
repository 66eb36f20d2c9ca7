"""The gradient penalises biases, the loss does not."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC307",
    name="bias-penalised",
    family=Family.REGULARIZATION,
    number=75,
    title="the gradient penalises biases, the loss does not",
    what=(
        "The backward pass adds the penalty's gradient to every parameter it holds, biases too; the "
        "loss counts the weights only."
    ),
    algebra=(
        "loss        L = data + λ Σ W²\nshould be   ∂L/∂b = Σ_i δ_i\ncomputed    ∂L/∂b = Σ_i δ_i + 2λ b"
    ),
    shows=(
        "Weights agree. The error of each bias is proportional to the bias itself, and so invisible "
        "where biases start at zero."
    ),
    fix="Leave biases out of the penalty's gradient, or add them to the loss.",
    exceptions="A loss that counts the biases as well.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        dW1 += 2 * self.reg * self.W1",
                "        dW1 += 2 * self.reg * self.W1\n"
                "        db2 += 2 * self.reg * self.b2\n"
                "        db1 += 2 * self.reg * self.b1",
            ),
        ),
        spoils=("b1", "b2"),
    ),
)
