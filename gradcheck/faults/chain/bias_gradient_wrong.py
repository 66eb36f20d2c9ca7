"""A bias gradient is not the sum of the delta."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC279",
    name="bias-gradient-wrong",
    family=Family.BIAS_GRAD,
    title="a bias gradient is not the sum of the delta",
    what=(
        "The layer's delta is right, since its weights agree, and the gradient of its bias is not, in "
        "a way that fits none of the faults with a name of their own."
    ),
    algebra=(
        "third equation, the gradient of the biases:\n"
        "  should be   ∂L/∂b_l = Σ_i δ_il      over all samples, unit by unit"
    ),
    shows="Only this bias disagrees; the weights of its layer and all other layers agree.",
    fix="Sum the delta that the weights' gradient uses, over the samples.",
    exceptions="Biases whose gradient is masked or rescaled on purpose.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("db1 = delta1.sum(axis=0)", "db1 = delta1[1:].sum(axis=0)"),),
        spoils=("b1",),
    ),
)
