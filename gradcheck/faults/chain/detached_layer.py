"""No delta reaches the hidden layer."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC209",
    name="detached-hidden-layer",
    family=Family.HIDDEN_DELTA,
    number=44,
    title="no delta reaches the hidden layer",
    what=(
        "The delta of the hidden layer is never computed: it stays at the zeros it was created with, "
        "or a copy is filled and the original passed on."
    ),
    algebra=(
        "second equation, the delta of a hidden layer:\n"
        "  should be   δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l)\n"
        "  computed    δ_l = 0    =>   ∂L/∂b_l = 0,  ∂L/∂W_l = 2λ W_l"
    ),
    shows=(
        "The biases have gradient zero and the weights the penalty's alone, so they shrink. Only the "
        "layers above learn, on random features; the loss falls, and stops early."
    ),
    fix="Propagate the delta, and let the gradient read that array.",
    exceptions="Layers frozen on purpose, random features, a target network.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        delta1 = (delta2 @ self.W2.T) * (1 - self.h1**2)\n        dW1 = X.T @ delta1",
                "        delta1 = np.zeros_like(self.h1)\n        dW1 = X.T @ delta1",
            ),
        ),
        spoils=("W1", "b1"),
    ),
)
