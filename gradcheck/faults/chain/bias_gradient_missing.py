"""Biases have no gradient and never move."""

from gradcheck.faults.bases import SIGMOID_SGD
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC261",
    name="bias-gradient-missing",
    family=Family.BIAS_GRAD,
    number=62,
    title="biases have no gradient and never move",
    what=("The backward pass leaves the gradient of the biases at zero, or the update forgets them."),
    algebra=(
        "third equation, the gradient of the biases:\n  should be   ∂L/∂b = Σ_i δ_i\n  computed    ∂L/∂b = 0"
    ),
    shows=(
        "The gradient is exactly zero where the numerical one is not; the biases are equal bit for "
        "bit after any training. The network still learns, but each unit's threshold stays where it "
        "started."
    ),
    fix="Sum the delta over the samples and update the bias with it.",
    exceptions=(
        "Layers without a bias by design, and a bias before batch normalisation, whose true gradient is zero."
    ),
    specimen=Specimen(
        base=SIGMOID_SGD,
        inject=(
            Change(
                "        self.weights = [w - lr * g for w, g in zip(self.weights, grad_w)]\n"
                "        self.biases = [b - lr * g for b, g in zip(self.biases, grad_b)]",
                "        self.weights = [w - lr * g for w, g in zip(self.weights, grad_w)]",
            ),
        ),
        spoils=("biases[0]", "biases[1]", "biases[2]"),
        symptom=Symptom(
            run=("start = net.biases[0].copy()\nnet.train(samples, 2, 1.0)"),
            holds="np.array_equal(start, net.biases[0])",
        ),
    ),
)
