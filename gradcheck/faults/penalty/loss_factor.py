"""The loss's constant and that of its derivative do not match."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC324",
    name="loss-factor",
    family=Family.SCALING,
    severity=Severity.WARNING,
    number=16,
    title="the loss's constant and that of its derivative do not match",
    what=(
        "The squared error has its ½ in one place only: the loss is the mean of squares, and the "
        "delta is the bare difference."
    ),
    algebra=("L = ½ mean (p - y)²   has   δ =   (p - y) / N\nL =   mean (p - y)²   has   δ = 2 (p - y) / N"),
    shows=(
        "Every parameter is ½ (or 2) times the numerical gradient, whatever the data. It only "
        "rescales the rate."
    ),
    fix="Write the ½ into the loss, or the 2 into the delta.",
    exceptions="A reported loss that is not the one trained on, and is said to be so.",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        inject=(
            Change("return 0.5 * np.mean((prediction - y) ** 2)", "return np.mean((prediction - y) ** 2)"),
        ),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
