"""A bias gradient is summed from something other than delta."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC267",
    name="bias-from-wrong-array",
    family=Family.BIAS_GRAD,
    number=68,
    title="a bias gradient is summed from something other than delta",
    what=(
        "The sum runs over the gradient by the activations, before the derivative of the activation, "
        "over the weights' gradient, or over another layer's delta."
    ),
    algebra=(
        "third equation, the gradient of the biases:\n"
        "  should be   ∂L/∂b_l = Σ_i δ_l          δ_l = ∂L/∂h_l ⊙ act'(z_l)\n"
        "  computed    ∂L/∂b_l = Σ_i ∂L/∂h_l"
    ),
    shows=("This bias alone is wrong; it agrees with the numerical gradient once the delta is put in."),
    fix="Sum the delta that the weights' gradient uses.",
    exceptions="A linear layer, where both arrays are the same.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(
            Change(
                'grads["b2"] = np.sum(dZ2, axis=1, keepdims=True) / m',
                'grads["b2"] = np.sum(dA2, axis=1, keepdims=True) / m',
            ),
        ),
        spoils=("b2",),
    ),
)
