"""Every layer divides by the batch size again."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC211",
    name="repeated-batch-mean",
    family=Family.HIDDEN_DELTA,
    number=46,
    title="every layer divides by the batch size again",
    what=(
        "The delta is divided by N in each layer on the way down, though the mean over the batch is "
        "taken once for the whole loss."
    ),
    algebra=(
        "second equation, the delta of a hidden layer:\n"
        "  should be   δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l)\n"
        "  computed    δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l) / N"
    ),
    shows=(
        "The top layer agrees; the next is 1/N times the numerical gradient, the one below 1/N². With "
        "one sample nothing is wrong. It looks like a vanishing gradient."
    ),
    fix="Divide once, in the delta of the output or in each gradient, never in both.",
    exceptions="None: a mean over the samples is one division.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(
            Change('dZ2 = dA2 * (1 - cache["A2"] ** 2)', 'dZ2 = dA2 * (1 - cache["A2"] ** 2) / m'),
            Change('dZ1 = dA1 * (1 - cache["A1"] ** 2)', 'dZ1 = dA1 * (1 - cache["A1"] ** 2) / m'),
        ),
        spoils=("W1", "b1", "W2", "b2"),
    ),
)
