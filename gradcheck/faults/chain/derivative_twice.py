"""The derivative of a hidden activation is applied twice."""

from gradcheck.faults.bases import SIGMOID_SGD
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC203",
    name="derivative-twice",
    family=Family.HIDDEN_DELTA,
    number=38,
    title="the derivative of a hidden activation is applied twice",
    what=(
        "The factor act'(z) is multiplied in at two places, often once inside a helper and once by "
        "its caller."
    ),
    algebra=(
        "second equation, the delta of a hidden layer:\n"
        "  should be   δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l)\n"
        "  computed    δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l)²"
    ),
    shows=(
        "The first wrong layer is the one below the output. Each unit's ratio to the true delta is "
        "act'(z) once more: at most 1/4 a layer for a sigmoid, so lower layers hardly move. A ReLU "
        "hides it, since 1² = 1."
    ),
    fix="Keep one of the two factors.",
    exceptions="None known: the square of a derivative belongs to no first derivative.",
    specimen=Specimen(
        base=SIGMOID_SGD,
        inject=(
            Change(
                "delta = (self.weights[l + 1].T @ delta) * a * (1 - a)",
                "delta = (self.weights[l + 1].T @ delta) * (a * (1 - a)) ** 2",
            ),
        ),
        spoils=("weights[0]", "weights[1]", "biases[0]", "biases[1]"),
    ),
)
