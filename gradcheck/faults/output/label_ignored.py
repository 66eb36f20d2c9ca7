"""The gradient does not depend on the label."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC101",
    name="label-ignored",
    family=Family.OUTPUT_DELTA,
    number=22,
    title="the gradient does not depend on the label",
    what=(
        "The backward pass starts from a delta in which the label does not occur: p itself, or p with "
        "1 taken from every class instead of from the true one."
    ),
    algebra=(
        "first equation, the delta of the output, for softmax and cross-entropy:\n"
        "  should be   δ = (p - onehot(y)) / N\n"
        "  computed    δ = (p - 1) / N   or   δ = p / N\n"
        "A gradient of any loss of softmax outputs has Σ_k δ_k = 0 in each row."
    ),
    shows=(
        "Swapping labels moves the numerical gradient and leaves this one as it is. The entries of a "
        "row of δ sum to 1/N or (1-K)/N, not to 0. Training takes every output to 1/K and the data "
        "loss to ln K, whatever the data."
    ),
    fix=("Subtract 1 at the true class of each row and nowhere else: delta[np.arange(n), y] -= 1."),
    exceptions=(
        "A network without labels: an autoencoder, a density model. Its loss does not read labels either."
    ),
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("delta2[np.arange(n), y] -= 1", "delta2 -= 1"),),
        spoils=("W1", "b1", "W2", "b2"),
    ),
)
