"""A weight gradient multiplies by z instead of h."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC231",
    name="preactivation-for-activation",
    family=Family.WEIGHT_GRAD,
    number=51,
    title="a weight gradient multiplies by z instead of h",
    what=(
        "The gradient of a weight matrix uses the values before the activation of the layer below "
        "instead of those that the forward pass multiplied."
    ),
    algebra=(
        "fourth equation, the gradient of the weights:\n"
        "  should be   ∂L/∂W_l = h_{l-1}ᵀ δ_l\n"
        "  computed    ∂L/∂W_l = z_{l-1}ᵀ δ_l"
    ),
    shows=(
        "Only this matrix is wrong, its bias and every other layer agree. For small z and tanh it is "
        "nearly right, since tanh z ≈ z."
    ),
    fix="Use what the forward pass multiplied by W: the activations.",
    exceptions="A layer below without activation, where h = z.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("dW2 = self.h1.T @ delta2", "dW2 = self.z1.T @ delta2"),),
        spoils=("W2",),
    ),
)
