"""The derivative of a hidden activation is missing."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC201",
    name="missing-hidden-derivative",
    family=Family.HIDDEN_DELTA,
    number=36,
    title="the derivative of a hidden activation is missing",
    what=(
        "The delta of a layer is sent back through its weights and used as the delta of the layer "
        "below, without the derivative of that layer's activation."
    ),
    algebra=(
        "second equation, the delta of a hidden layer:\n"
        "  should be   δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l)\n"
        "  computed    δ_l =  δ_{l+1} W_{l+1}ᵀ            = ∂L/∂h_l"
    ),
    shows=(
        "The layers above are right; this layer's weights and biases, and all below, are wrong. Each "
        "unit's ratio to the true delta is 1 / act'(z): near 1 for small z, huge for saturated units."
    ),
    fix=(
        "Multiply entry by entry by the derivative of the activation: 1 - h² for tanh, h (1 - h) for "
        "a sigmoid, z > 0 for ReLU."
    ),
    exceptions="A linear layer: its derivative is 1.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(Change('dZ2 = dA2 * (1 - cache["A2"] ** 2)', "dZ2 = dA2"),),
        spoils=("W1", "b1", "W2", "b2"),
    ),
)
