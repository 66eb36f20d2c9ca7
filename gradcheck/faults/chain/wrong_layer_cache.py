"""The derivative is taken at another layer's values."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC206",
    name="wrong-layer-cache",
    family=Family.HIDDEN_DELTA,
    number=41,
    title="the derivative is taken at another layer's values",
    what=(
        "The backward pass reads the cache of the wrong layer, an index off by one. Where two layers "
        "have the same width no shape complains."
    ),
    algebra=(
        "second equation, the delta of a hidden layer:\n"
        "  should be   δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l)\n"
        "  computed    δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_{l+1})"
    ),
    shows=(
        "This layer and all below are wrong, without a constant ratio. The deltas match exactly when "
        "the derivative is taken at the neighbour's values. With unequal widths the code raises."
    ),
    fix=(
        "Use the values of the layer whose delta is computed. Checking with layers of different "
        "widths finds such slips at once."
    ),
    exceptions="Layers that share their values on purpose, such as a plain copy.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(Change('dZ1 = dA1 * (1 - cache["A1"] ** 2)', 'dZ1 = dA1 * (1 - cache["A2"] ** 2)'),),
        spoils=("W1", "b1"),
        wired=replace(
            SOFTMAX_COLUMNS.wiring, setup=SOFTMAX_COLUMNS.wiring.setup.replace("[2, 5, 4, 3]", "[2, 4, 4, 3]")
        ),
    ),
)
