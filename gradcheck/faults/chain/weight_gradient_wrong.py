"""A weight gradient is not the product of activations and delta."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC259",
    name="weight-gradient-wrong",
    family=Family.WEIGHT_GRAD,
    title="a weight gradient is not the product of activations and delta",
    what=(
        "The layer's delta is right, since its bias agrees, and the gradient of its weights is not, "
        "in a way that fits none of the faults with a name of their own: a slice that loses a sample, "
        "a wrong operand."
    ),
    algebra=(
        "fourth equation, the gradient of the weights:\n"
        "  should be   ∂L/∂W_l = h_{l-1}ᵀ δ_l     h as the forward pass used it"
    ),
    shows="Only this matrix disagrees; its bias and the other layers agree.",
    fix=(
        "Write the product over the whole batch: h.T @ delta for samples in rows, delta @ h.T for "
        "samples in columns."
    ),
    exceptions="Weights whose gradient is masked or rescaled on purpose.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("dW1 = X.T @ delta1", "dW1 = X[:-1].T @ delta1[:-1]"),),
        spoils=("W1",),
    ),
)
