"""A binary cross-entropy judges softmax outputs."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC123",
    name="binary-loss-for-classes",
    family=Family.LOSS,
    number=20,
    title="a binary cross-entropy judges softmax outputs",
    what=(
        "The loss adds y log p and (1 - y) log (1 - p) over all classes, as for independent yes-or-no "
        "outputs. The outputs are a softmax, and the delta is that of the categorical loss."
    ),
    algebra=(
        "for softmax   L = -Σ_k y_k log p_k                             δ = p - y\n"
        "computed      L = -Σ_k y_k log p_k + (1 - y_k) log (1 - p_k)   δ as above"
    ),
    shows=(
        "Before training the loss is not ln K but ln K + (K-1) ln (K/(K-1)): 1.91 instead of 1.10 for "
        "K = 3. The gradient disagrees with this loss everywhere, and with the categorical one "
        "nowhere."
    ),
    fix="Keep the first term alone for softmax; use both terms with sigmoid outputs.",
    exceptions="Several labels per sample, with one sigmoid each.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(
            Change(
                "cross_entropy = -np.sum(Y * np.log(A3)) / m",
                "cross_entropy = -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / m",
            ),
        ),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
