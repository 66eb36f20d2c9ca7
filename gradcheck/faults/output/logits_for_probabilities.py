"""The delta subtracts labels from logits, not from probabilities."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC108",
    name="logits-for-probabilities",
    family=Family.OUTPUT_DELTA,
    number=32,
    title="the delta subtracts labels from logits, not from probabilities",
    what=("The values before the softmax stand where its results belong: the backward pass takes z for p."),
    algebra=(
        "first equation, the delta of the output, for softmax and cross-entropy:\n"
        "  should be   δ = softmax(z) - y\n"
        "  computed    δ = z - y"
    ),
    shows=(
        "Rows of δ do not sum to zero and have entries beyond ±1. It is the gradient of the squared "
        "error of z: training pulls the logits to 0 and 1, and the cross-entropy stays high."
    ),
    fix="Apply the softmax first; name logits and probabilities apart.",
    exceptions="Squared error of linear outputs, for which z - y is right.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("delta2 = p.copy()", "delta2 = self.z2.copy()"),),
        spoils=("W1", "b1", "W2", "b2"),
    ),
)
