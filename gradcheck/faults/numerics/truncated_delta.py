"""The delta is written into an integer array."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC522",
    name="truncated-delta",
    family=Family.DTYPE_SHAPE,
    number=35,
    title="the delta is written into an integer array",
    what=(
        "The array for the delta is made like the labels, which are integers. Every p - y written "
        "into it is cut to a whole number."
    ),
    algebra=(
        "first equation, the delta of the output:\n"
        "  should be   δ = p - y\n"
        "  computed    δ = trunc(p - y)      0 nearly everywhere"
    ),
    shows=(
        "The entries of δ are whole numbers, nearly all zero; all gradients are zero but the "
        "penalty's. Nothing warns."
    ),
    fix="Make it a float array: np.zeros(Y.shape), or labels with dtype=float.",
    exceptions="A delta that is counted in whole numbers on purpose (the perceptron rule).",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        prepare=(
            Change('    dZ3 = cache["A3"] - Y', '    dZ3 = np.zeros_like(Y)\n    dZ3[:] = cache["A3"] - Y'),
        ),
        inject=(
            Change("return np.eye(n_classes)[:, labels]", "return np.eye(n_classes, dtype=int)[:, labels]"),
        ),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
