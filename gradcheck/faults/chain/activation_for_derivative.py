"""The activation stands where its derivative belongs."""

from gradcheck.faults.bases import SIGMOID_SGD
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC205",
    name="activation-for-derivative",
    family=Family.HIDDEN_DELTA,
    number=40,
    title="the activation stands where its derivative belongs",
    what=(
        "The delta is multiplied by h, or by 1 - h: half of the derivative of the sigmoid, or the "
        "value in place of the slope."
    ),
    algebra=(
        "second equation, the delta of a hidden layer, for a sigmoid:\n"
        "  should be   δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ h (1 - h)\n"
        "  computed    δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ (1 - h)   or   ⊙ h"
    ),
    shows=(
        "The deltas are 1/h (or 1/(1 - h)) times the true ones, unit by unit: at least the right "
        "sign, and several times too large. This layer and all below are wrong."
    ),
    fix="Multiply by the whole derivative, h (1 - h).",
    exceptions="ReLU with slope h > 0 is a derivative though it is made from h.",
    specimen=Specimen(
        base=SIGMOID_SGD,
        inject=(
            Change(
                "delta = (self.weights[l + 1].T @ delta) * a * (1 - a)",
                "delta = (self.weights[l + 1].T @ delta) * (1 - a)",
            ),
        ),
        spoils=("weights[0]", "weights[1]", "biases[0]", "biases[1]"),
    ),
)
