"""The derivative of the output activation is missing."""

from gradcheck.faults.bases import SIGMOID_SGD
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC104",
    name="missing-output-derivative",
    family=Family.OUTPUT_DELTA,
    number=28,
    title="the derivative of the output activation is missing",
    what=(
        "The loss is a squared error of activated outputs, and the delta is the bare difference of "
        "output and target. That is the derivative by the output, not by what the last layer computes "
        "before its activation."
    ),
    algebra=(
        "first equation, the delta of the output:\n"
        "  should be   δ = ∂L/∂a ⊙ act'(z) = (a - y) ⊙ a (1 - a)\n"
        "  computed    δ = ∂L/∂a           = (a - y)"
    ),
    shows=(
        "Each entry of δ is 1 / act'(z) times the true one, at least four times for a sigmoid. Steps "
        "are too long, most of all where outputs saturate."
    ),
    fix=(
        "Multiply by the derivative of the output activation, or change the loss to cross-entropy, "
        "whose delta is a - y."
    ),
    exceptions=(
        "Cross-entropy of a sigmoid or softmax, and squared error of a linear output: there a - y is "
        "the whole delta."
    ),
    specimen=Specimen(
        base=SIGMOID_SGD,
        inject=(Change("delta = (a - y) * a * (1 - a)", "delta = a - y"),),
        spoils=("weights[0]", "weights[1]", "weights[2]", "biases[0]", "biases[1]", "biases[2]"),
    ),
)
