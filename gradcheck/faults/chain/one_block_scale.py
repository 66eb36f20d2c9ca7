"""The gradient of one weight matrix has a factor too many or too few."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC234",
    name="one-block-scaled",
    family=Family.WEIGHT_GRAD,
    number=54,
    title="the gradient of one weight matrix has a factor too many or too few",
    what=(
        "One layer's gradient lacks the division by N that the others have, or carries a factor of its own."
    ),
    algebra=(
        "fourth equation, the gradient of the weights:\n"
        "  should be   ∂L/∂W_l = 1/N h_{l-1}ᵀ δ_l\n"
        "  computed    ∂L/∂W_l =     h_{l-1}ᵀ δ_l    for this l alone"
    ),
    shows=(
        "This matrix is k times the numerical gradient, the penalty's part excepted, and all other "
        "parameters agree. The layer learns at a rate of its own."
    ),
    fix="Give it the factor of its neighbours.",
    exceptions="Rates per layer, when they are applied in the update and not in the gradient.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(Change('grads["W2"] = dZ2 @ cache["A1"].T / m', 'grads["W2"] = dZ2 @ cache["A1"].T'),),
        spoils=("W2",),
    ),
)
