"""A weight gradient multiplies by the input instead of h."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC232",
    name="input-for-activation",
    family=Family.WEIGHT_GRAD,
    number=52,
    title="a weight gradient multiplies by the input instead of h",
    what=(
        "The gradient of an upper layer uses the network's input, or another layer's activations, in "
        "place of the layer below. It runs where the widths happen to be equal."
    ),
    algebra=(
        "fourth equation, the gradient of the weights:\n"
        "  should be   ∂L/∂W_l = h_{l-1}ᵀ δ_l\n"
        "  computed    ∂L/∂W_l = xᵀ δ_l"
    ),
    shows=(
        "Only this matrix is wrong; its bias and the layers below agree. With unequal widths the code raises."
    ),
    fix="Use the activations that the forward pass multiplied by W.",
    exceptions="The first layer, whose h is the input.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("dW2 = self.h1.T @ delta2", "dW2 = X.T @ delta2"),),
        spoils=("W2",),
        wired=replace(SOFTMAX_ROWS.wiring, setup=SOFTMAX_ROWS.wiring.setup.replace("(4, 5, 3", "(4, 4, 3")),
    ),
)
