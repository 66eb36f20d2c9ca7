"""The derivative is taken at h instead of at z."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC202",
    name="derivative-at-activation",
    family=Family.HIDDEN_DELTA,
    number=37,
    title="the derivative is taken at h instead of at z",
    what=(
        "A helper that expects z, the value before the activation, is handed h, the value after it. "
        "The activation is applied once too often inside the derivative."
    ),
    algebra=(
        "second equation, the delta of a hidden layer:\n"
        "  should be   δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l)\n"
        "  computed    δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(h_l)\n"
        "  for tanh    1 - tanh²(h) instead of 1 - h²"
    ),
    shows=(
        "This layer and all below are wrong by a factor act'(h) / act'(z) per unit: near 1 for small "
        "z, large for saturated units. ReLU hides it, since h > 0 exactly where z > 0."
    ),
    fix="Hand over z, or use the form that takes h: 1 - h² for tanh, h (1 - h) for a sigmoid.",
    exceptions="A helper written for h, whatever its parameter is called.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        prepare=(
            Change(
                "def initialize(sizes, seed=0):",
                "def tanh_derivative(Z):\n    return 1 - np.tanh(Z) ** 2\n\n\ndef initialize(sizes, seed=0):",
            ),
            Change('dZ2 = dA2 * (1 - cache["A2"] ** 2)', 'dZ2 = dA2 * tanh_derivative(cache["Z2"])'),
        ),
        inject=(
            Change('dZ2 = dA2 * tanh_derivative(cache["Z2"])', 'dZ2 = dA2 * tanh_derivative(cache["A2"])'),
        ),
        spoils=("W1", "b1", "W2", "b2"),
    ),
)
