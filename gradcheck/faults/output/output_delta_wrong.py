"""The delta of the output is not the derivative of the loss."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC119",
    name="output-delta-wrong",
    family=Family.OUTPUT_DELTA,
    title="the delta of the output is not the derivative of the loss",
    what=(
        "The first delta of the backward pass disagrees with the loss, in a way that fits none of the "
        "faults with a name of their own. Often the delta belongs to another loss: smoothed labels, "
        "weights per class, another activation."
    ),
    algebra=(
        "first equation, the delta of the output:\n"
        "  should be   δ = ∂L/∂z           for the loss as it is written\n"
        "  softmax and cross-entropy       δ = (p - onehot(y)) / N\n"
        "  sigmoid and binary cross-entropy   δ = (p - y) / N\n"
        "  squared error ½ mean (h - y)²   δ = (h - y) ⊙ act'(z) / N"
    ),
    shows=(
        "Every parameter disagrees, the last bias first of all: its gradient is the sum of δ and "
        "nothing else. With the right delta put in, the layers below agree."
    ),
    fix="Differentiate the loss by z on paper, for one sample, and compare term by term.",
    exceptions="A loss that is only reported, while another one is trained on and says so.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("delta2[np.arange(n), y] -= 1", "delta2[np.arange(n), y] -= 0.9"),),
        spoils=("W1", "b1", "W2", "b2"),
    ),
)
