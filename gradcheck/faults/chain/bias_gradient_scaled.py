"""The gradient of a bias has a stray factor."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC266",
    name="bias-gradient-scaled",
    family=Family.BIAS_GRAD,
    number=67,
    title="the gradient of a bias has a stray factor",
    what=(
        "One bias's gradient carries a factor that its weights' does not: a 2 from a squared error, a "
        "width, a rate."
    ),
    algebra=(
        "third equation, the gradient of the biases:\n"
        "  should be   ∂L/∂b = Σ_i δ_i\n"
        "  computed    ∂L/∂b = k Σ_i δ_i"
    ),
    shows=(
        "This bias is k times the numerical gradient; the weights of the same layer agree. "
        "Convergence is hardly harmed, so nobody notices."
    ),
    fix="Remove the factor, or move it to the delta if the whole layer should have it.",
    exceptions="A rate of its own for biases, when applied in the update.",
    specimen=Specimen(
        base=RELU_BINARY,
        inject=(Change("db3 = np.sum(d3, axis=0)", "db3 = 2 * np.sum(d3, axis=0)"),),
        spoils=("b3",),
    ),
)
