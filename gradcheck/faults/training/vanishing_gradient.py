"""The gradient of the lower layers is a tiny part of the upper one's."""

from gradcheck.faults.bases import SIGMOID_SGD
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Kind, Severity

FAULT = Fault(
    code="GC604",
    name="vanishing-gradient",
    family=Family.ARCHITECTURE,
    kind=Kind.SYMPTOM,
    severity=Severity.WARNING,
    title="the gradient of the lower layers is a tiny part of the upper one's",
    what=(
        "Each layer multiplies the delta by its weights and by its slope. Where that product is well "
        "below 1, little is left after a few layers."
    ),
    algebra=(
        "second equation, applied down the layers:\n"
        "  ‖δ_1‖ ≲ ‖δ_L‖ Π_l ‖W_l‖ max act'(z_l)\n"
        "  sigmoid: act' ≤ 1/4, so each layer takes at least a factor 4 for ‖W‖ = 1"
    ),
    shows=(
        "The gradient is right. Its norm in the first layer is less than a thousandth of that in the "
        "last (AutoTrainer's bound), and the first layer's weights hardly change."
    ),
    fix=("Start from weights with variance 1/n_in, use tanh or ReLU, skip connections or normalisation."),
    exceptions="Near the end of training all gradients are small, in the same proportion.",
    specimen=Specimen(
        base=SIGMOID_SGD,
        inject=(Change("rng.standard_normal((n, m)) for", "0.02 * rng.standard_normal((n, m)) for"),),
        symptom=Symptom(
            run="grad_w, grad_b = net.backprop(x, y)",
            holds="np.linalg.norm(grad_w[0]) < 1e-3 * np.linalg.norm(grad_w[-1])",
        ),
    ),
)
