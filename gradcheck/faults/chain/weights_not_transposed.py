"""The delta goes back through W instead of its transpose."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC207",
    name="weights-not-transposed",
    family=Family.HIDDEN_DELTA,
    number=42,
    title="the delta goes back through W instead of its transpose",
    what="carries h to z; its transpose carries ∂L/∂z back to ∂L/∂h.",
    algebra=(
        "second equation, the delta of a hidden layer:\n"
        "  should be   δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l)\n"
        "  computed    δ_l = (δ_{l+1} W_{l+1}) ⊙ act'(z_l)"
    ),
    shows=(
        "The layer whose W it is has the right gradient; everything below is wrong and unrelated in "
        "size and sign."
    ),
    fix=(
        "Transpose: delta @ W.T for samples in rows, W.T @ delta for samples in columns. Never "
        "reshape where a transpose is meant."
    ),
    exceptions=("Symmetric weights; feedback alignment, where a fixed random matrix is used on purpose."),
    specimen=Specimen(
        base=RELU_BINARY,
        inject=(Change("d1 = d2 @ W2.T * relu_derivative(z1)", "d1 = d2 @ W2 * relu_derivative(z1)"),),
        spoils=("W1", "b1"),
    ),
)
