"""All weights of a layer start from one number."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC622",
    name="constant-initialisation",
    family=Family.INITIALIZATION,
    number=98,
    title="all weights of a layer start from one number",
    what=(
        "The weights start at a constant, 0.1 or 1, or at zero under an activation that is not zero "
        "there. All units of the layer start equal."
    ),
    algebra=(
        "with W_1 = c, W_2 = d for constants c and d:\n"
        "  h has equal columns, δ_1 = (δ_2 W_2ᵀ) ⊙ act'(z_1) has equal columns\n"
        "  fourth equation:  ∂L/∂W_1 = xᵀ δ_1 has equal columns"
    ),
    shows=(
        "The gradient is right, and its columns are identical. Units stay copies of each other; the "
        "loss stops at what a single hidden unit can do."
    ),
    fix="Draw weights at random; a constant will do for biases.",
    exceptions="Networks without hidden layer.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        self.W1 = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hidden))\n"
                "        self.b1 = rng.normal(0, 0.1, n_hidden)\n"
                "        self.W2 = rng.normal(0, 1 / np.sqrt(n_hidden), (n_hidden, n_classes))",
                "        self.W1 = np.full((n_in, n_hidden), 0.1)\n"
                "        self.b1 = np.zeros(n_hidden)\n"
                "        self.W2 = np.full((n_hidden, n_classes), 0.1)",
            ),
        ),
        symptom=Symptom(run="net.fit(X, y)", holds="np.ptp(net.W1, axis=1).max() < 1e-12"),
    ),
)
