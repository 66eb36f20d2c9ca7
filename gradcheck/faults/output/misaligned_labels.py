"""The delta compares outputs with the labels of other samples."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC109",
    name="misaligned-labels",
    family=Family.OUTPUT_DELTA,
    number=33,
    title="the delta compares outputs with the labels of other samples",
    what=(
        "Inside the gradient the samples are reordered, or taken from another batch, and the labels "
        "are not. Row i of the outputs meets the label of another sample."
    ),
    algebra=(
        "first equation, the delta of the output:\n"
        "  should be   δ_i = (p_i - y_i) / N\n"
        "  computed    δ_i = (p_i - y_π(i)) / N   for some permutation π"
    ),
    shows=(
        "The gradient is that of the same loss with permuted labels: the gradient of the output bias "
        "agrees, since it only counts classes; weights do not. Training settles at the class "
        "frequencies."
    ),
    fix="Draw one permutation and index samples and labels with it.",
    exceptions="Labels permuted on purpose, to see what a network learns from noise.",
    specimen=Specimen(
        base=RELU_BINARY,
        prepare=(
            Change(
                "def gradients(X, y):",
                "def gradients(X, y):\n    rows = np.random.permutation(len(X))\n    X, y = X[rows], y[rows]",
            ),
        ),
        inject=(Change("    X, y = X[rows], y[rows]", "    X = X[rows]"),),
        spoils=("W1", "b1", "W2", "b2", "W3"),
    ),
)
