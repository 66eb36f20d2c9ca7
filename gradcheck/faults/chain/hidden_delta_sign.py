"""The delta of a hidden layer has the wrong sign."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC210",
    name="hidden-delta-sign",
    family=Family.HIDDEN_DELTA,
    number=45,
    title="the delta of a hidden layer has the wrong sign",
    what=(
        "A sign is lost on the way down: h² - 1 for 1 - h², a minus copied from the update, a "
        "difference the wrong way round."
    ),
    algebra=(
        "second equation, the delta of a hidden layer:\n"
        "  should be   δ_l =  (δ_{l+1} W_{l+1}ᵀ) ⊙ (1 - h²)\n"
        "  computed    δ_l = -(δ_{l+1} W_{l+1}ᵀ) ⊙ (1 - h²)"
    ),
    shows=(
        "The layers above agree; this one and all below are -1 times the numerical gradient. The "
        "upper layers learn and the lower ones unlearn: the loss falls, then wanders."
    ),
    fix=("Restore the sign at the first layer, counted from the output, whose gradient is negated."),
    exceptions="Gradient reversal on purpose, as in domain-adversarial training.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(Change('dZ1 = dA1 * (1 - cache["A1"] ** 2)', 'dZ1 = dA1 * (cache["A1"] ** 2 - 1)'),),
        spoils=("W1", "b1"),
    ),
)
