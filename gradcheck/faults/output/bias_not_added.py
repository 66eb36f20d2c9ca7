"""The forward pass does not add a bias."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC141",
    name="bias-not-added",
    family=Family.FORWARD,
    number=1,
    title="the forward pass does not add a bias",
    what=("A bias exists, has a gradient and is updated, but no expression of the forward pass reads it."),
    algebra=("should be   z = h W + b\ncomputed    z = h W         =>   ∂L/∂b = 0, whatever Σ_i δ_i says"),
    shows=(
        "The numerical gradient of this bias is exactly zero and the analytic one is not. Setting the "
        "bias to anything leaves the loss as it is."
    ),
    fix="Add it, or delete the parameter with its gradient.",
    exceptions="A layer followed by batch normalisation needs no bias: the mean takes it out.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(
            Change(
                'cache["Z2"] = parameters["W2"] @ cache["A1"] + parameters["b2"]',
                'cache["Z2"] = parameters["W2"] @ cache["A1"]',
            ),
        ),
        spoils=("b2",),
    ),
)
