"""The delta stops at the loss and leaves out the softmax."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC106",
    name="loss-only-delta",
    family=Family.OUTPUT_DELTA,
    number=30,
    title="the delta stops at the loss and leaves out the softmax",
    what=(
        "The backward pass starts from the derivative of the loss by the probabilities, -y/p, and "
        "takes it for the derivative by the logits."
    ),
    algebra=(
        "first equation, the delta of the output, for softmax and cross-entropy:\n"
        "  should be   δ = ∂L/∂z = p - y\n"
        "  computed    δ = ∂L/∂p = -y / p"
    ),
    shows=(
        "Zero at every wrong class; at the true class -1/p, which is huge where the network is wrong. "
        "Steps explode on the first hard sample."
    ),
    fix="Multiply by the Jacobian of softmax, which turns -y/p into p - y.",
    exceptions=(
        "A network whose last layer returns probabilities and has a backward of its own: then -y/p is "
        "what to hand it."
    ),
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(Change('dZ3 = cache["A3"] - Y', 'dZ3 = -Y / cache["A3"]'),),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
