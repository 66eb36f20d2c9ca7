"""The gradient of a weight matrix is transposed."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC233",
    name="transposed-weight-gradient",
    family=Family.WEIGHT_GRAD,
    number=53,
    title="the gradient of a weight matrix is transposed",
    what=(
        "The two factors of the outer product are exchanged, or the result is reshaped instead of "
        "transposed. For a square matrix the shapes agree and the numbers stand in the wrong places."
    ),
    algebra=(
        "fourth equation, the gradient of the weights:\n"
        "  should be   ∂L/∂W = hᵀ δ\n"
        "  computed    δᵀ h = (∂L/∂W)ᵀ"
    ),
    shows=(
        "The sorted entries, and so the norm, are those of the numerical gradient; their places are "
        "not. Only this matrix is wrong."
    ),
    fix="h.T @ delta for samples in rows, delta @ h.T for samples in columns.",
    exceptions=(
        "None for a matrix that is used as h W; for one used as h Wᵀ the transposed product is the right one."
    ),
    specimen=Specimen(
        base=RELU_BINARY,
        inject=(Change("dW2 = a1.T @ d2", "dW2 = d2.T @ a1"),),
        spoils=("W2",),
    ),
)
