"""Only the diagonal of softmax's Jacobian is used."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC105",
    name="diagonal-softmax-jacobian",
    family=Family.OUTPUT_DELTA,
    number=29,
    title="only the diagonal of softmax's Jacobian is used",
    what=(
        "The derivative of the loss by p is multiplied by p (1 - p), as for a sigmoid. But each "
        "softmax output depends on every logit: its Jacobian is a matrix, and the entries off the "
        "diagonal are lost."
    ),
    algebra=(
        "first equation, the delta of the output, for softmax and cross-entropy:\n"
        "  ∂p_j/∂z_k = p_j ([j = k] - p_k)\n"
        "  should be   δ_k = Σ_j ∂L/∂p_j ∂p_j/∂z_k = p_k - y_k\n"
        "  computed    δ_k = ∂L/∂p_k p_k (1 - p_k) = -y_k (1 - p_k)"
    ),
    shows=(
        "Right at the true class, exactly zero at all others, so a row of δ does not sum to zero. "
        "Training pushes the true logit up and never the others down; it works at first and then "
        "drifts."
    ),
    fix="Use δ = p - y, or the full product p ⊙ (g - Σ_j g_j p_j) with g = ∂L/∂p.",
    exceptions="Independent sigmoid outputs, whose Jacobian is diagonal.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(
            Change(
                '    dZ3 = cache["A3"] - Y',
                '    dA3 = -Y / cache["A3"]\n    dZ3 = dA3 * cache["A3"] * (1 - cache["A3"])',
            ),
        ),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
