"""The loss does not depend on the outputs."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC121",
    name="prediction-ignored",
    family=Family.LOSS,
    number=13,
    title="the loss does not depend on the outputs",
    what=(
        "The expression of the loss reads the labels twice, log y for log p for instance, or a stored "
        "result. It is a number that no weight can change."
    ),
    algebra=("should be   L = -Σ y log p\ncomputed    L = -Σ y log y    =>   ∂L/∂p = 0"),
    shows=(
        "The numerical gradient is zero, or the penalty's alone, and the analytic one is not. The "
        "reported loss stands still while accuracy moves."
    ),
    fix="Put the outputs into the loss.",
    exceptions="A constant added to a loss, such as the entropy of soft labels.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(
            Change(
                "cross_entropy = -np.sum(Y * np.log(A3)) / m",
                "cross_entropy = -np.sum(Y * np.log(Y + 1e-9)) / m",
            ),
        ),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
