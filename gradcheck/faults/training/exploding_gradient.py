"""The gradient grows from layer to layer, or from step to step."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Kind, Severity

FAULT = Fault(
    code="GC605",
    name="exploding-gradient",
    family=Family.ARCHITECTURE,
    kind=Kind.SYMPTOM,
    severity=Severity.WARNING,
    title="the gradient grows from layer to layer, or from step to step",
    what=(
        "The weights are so large that each layer multiplies the delta by much more than 1. One step "
        "then throws the weights across the whole landscape."
    ),
    algebra=(
        "second equation, applied down the layers:\n"
        "  ‖δ_1‖ ≈ ‖δ_L‖ Π_l ‖W_l‖ act'(z_l)      each factor above 1"
    ),
    shows=(
        "The gradient is right and its norm in the thousands and more; the update is many times the "
        "weights themselves. Losses jump, then overflow."
    ),
    fix=(
        "Start from smaller weights, lower the rate, clip the norm of the whole gradient, scale "
        "inputs and targets."
    ),
    exceptions=(
        "A loss on a large scale (sums, prices) has a large gradient without harm, if the rate is "
        "small to match."
    ),
    specimen=Specimen(
        base=RELU_BINARY,
        inject=(
            Change(
                "W2 = rng.normal(0, np.sqrt(2 / N_HIDDEN), (N_HIDDEN, N_HIDDEN))",
                "W2 = rng.normal(0, 100, (N_HIDDEN, N_HIDDEN))",
            ),
        ),
        symptom=Symptom(run="g = gradients(X, y)", holds="np.linalg.norm(g[0]) > 10 * np.linalg.norm(m.W1)"),
    ),
)
