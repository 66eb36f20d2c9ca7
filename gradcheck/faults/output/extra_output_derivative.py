"""The derivative of the output activation is applied twice."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC103",
    name="extra-output-derivative",
    family=Family.OUTPUT_DELTA,
    number=27,
    title="the derivative of the output activation is applied twice",
    what=(
        "p - y is already the derivative by the logit: the derivative of the sigmoid (or softmax) has "
        "cancelled against that of the logarithm. The code multiplies by p (1 - p) again."
    ),
    algebra=(
        "first equation, for cross-entropy of a sigmoid or softmax:\n"
        "  ∂L/∂p · ∂p/∂z = (p - y) / (p (1 - p)) · p (1 - p) = p - y\n"
        "  should be   δ = p - y\n"
        "  computed    δ = (p - y) · p (1 - p)"
    ),
    shows=(
        "Each entry of δ is p (1 - p) times the true one: at most a quarter, and almost nothing where "
        "the network is sure and wrong. Training is slow and stalls on confident mistakes."
    ),
    fix="Drop the factor: the delta of cross-entropy is p - y.",
    exceptions="Squared error of a sigmoid: there the factor belongs, see GC104.",
    specimen=Specimen(
        base=RELU_BINARY,
        inject=(
            Change(
                "    d3 = (sigmoid(z3) - y) / len(X)",
                "    p = sigmoid(z3)\n    d3 = (p - y) * p * (1 - p) / len(X)",
            ),
        ),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
