"""The delta of a hidden layer does not follow from the one above."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC229",
    name="hidden-delta-wrong",
    family=Family.HIDDEN_DELTA,
    title="the delta of a hidden layer does not follow from the one above",
    what=(
        "The layers above are right and this one's delta is not, in a way that fits none of the "
        "faults with a name of their own: a misplaced power or bracket, a product where a matrix "
        "product belongs, a term left out."
    ),
    algebra=(
        "second equation, the delta of a hidden layer:\n"
        "  should be   δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l)\n"
        "  tanh 1 - h²     sigmoid h (1 - h)     ReLU 1 where z > 0"
    ),
    shows=(
        "Weights and biases of this layer and of all below disagree with the numerical gradient; "
        "those above agree."
    ),
    fix="Check the two factors one by one: first δ Wᵀ, which is ∂L/∂h, then act'(z).",
    exceptions="Surrogate gradients on purpose.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "delta1 = (delta2 @ self.W2.T) * (1 - self.h1**2)",
                "delta1 = (delta2 @ self.W2.T) * (1 - self.h1) ** 2",
            ),
        ),
        spoils=("W1", "b1"),
    ),
)
