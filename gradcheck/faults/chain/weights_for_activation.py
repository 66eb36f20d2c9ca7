"""A weight gradient multiplies by the weights instead of h."""

from gradcheck.faults.bases import SIGMOID_SGD
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC242",
    name="weights-for-activation",
    family=Family.WEIGHT_GRAD,
    title="a weight gradient multiplies by the weights instead of h",
    what=(
        "The gradient of a matrix multiplies the delta by the matrix itself. That is the factor of "
        "the way down, to the layer below, not of the weights."
    ),
    algebra=(
        "for z = h W + b:\n"
        "  fourth equation, the gradient of the weights   ∂L/∂W = hᵀ δ\n"
        "  second equation, on the way down               ∂L/∂h = δ Wᵀ\n"
        "  computed                                       ∂L/∂W = W ⊙ δ"
    ),
    shows=(
        "Only this matrix is wrong; its bias agrees. The gradient does not change when the layer's "
        "input does, as long as its delta stays."
    ),
    fix="Multiply the delta by what the forward pass multiplied by W.",
    exceptions="The penalty's part, which is proportional to W.",
    specimen=Specimen(
        base=SIGMOID_SGD,
        inject=(Change("grad_w[l] = delta @ activations[l].T", "grad_w[l] = delta * self.weights[l]"),),
        spoils=("weights[0]", "weights[1]"),
    ),
)
