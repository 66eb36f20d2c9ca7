"""Hidden units sit at the ends of their activation."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Kind, Severity

FAULT = Fault(
    code="GC603",
    name="saturated-units",
    family=Family.ARCHITECTURE,
    kind=Kind.SYMPTOM,
    severity=Severity.WARNING,
    title="hidden units sit at the ends of their activation",
    what=(
        "The values that reach a tanh or sigmoid layer are so large that it answers ±1 (or 0 and 1) "
        "for nearly every sample. There the activation is flat and its derivative almost zero."
    ),
    algebra=(
        "|z| large   =>   h = tanh(z) ≈ ±1   =>   act'(z) = 1 - h² ≈ 0\n"
        "second equation: δ = (δ_next W_nextᵀ) ⊙ act'(z) ≈ 0"
    ),
    shows=(
        "More than half of the activations lie at the ends. The gradient is right and tiny: layers "
        "below do not move, however long the training."
    ),
    fix=("Standardise the inputs, start from smaller weights (variance 1/n_in for tanh), or lower the rate."),
    exceptions="Gates, and hard decisions in a trained network, may saturate on purpose.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "self.W1 = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hidden))",
                "self.W1 = rng.normal(0, 20, (n_in, n_hidden))",
            ),
        ),
        symptom=Symptom(run="net.forward(X)", holds="np.mean(np.abs(net.h1) > 0.99) > 0.5"),
    ),
)
