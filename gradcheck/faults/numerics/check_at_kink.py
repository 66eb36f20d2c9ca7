"""The check stands on a kink, where the loss has two slopes."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC506",
    name="check-at-kink",
    family=Family.STABILITY,
    severity=Severity.NOTE,
    number=111,
    title="the check stands on a kink, where the loss has two slopes",
    what=(
        "A ReLU's input, a difference under abs, or two cells of a maximum are exactly equal at the "
        "point of the check. The central difference averages the two slopes."
    ),
    algebra=(
        "f(w) = max(w, 0) at w = 0:   right slope 1, left slope 0\n"
        "(f(h) - f(-h)) / 2h = 1/2       neither of the two"
    ),
    shows=(
        "The one-sided differences disagree and stay apart as the step shrinks; the analytic value "
        "equals one of them. Moving the point by a little makes everything agree."
    ),
    fix="Move the parameters or the data by a small random amount and check again.",
    exceptions="Any value between the two slopes is a valid subgradient; the code is right.",
    specimen=Specimen(
        base=RELU_BINARY,
        prepare=(
            Change("    X = rng.normal(0, 1, (n, 3))", "    X = rng.normal(0, 1, (n, 3))\n    X[0] = 0"),
        ),
        inject=(Change("b1 = np.full(N_HIDDEN, 0.1)", "b1 = np.zeros(N_HIDDEN)"),),
        spoils=("b1",),
        symptom=Symptom(run="z1 = forward(X)[0]", holds="np.any(z1 == 0)"),
    ),
)
