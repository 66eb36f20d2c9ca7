"""The output activation cannot reach the targets."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC143",
    name="wrong-output-activation",
    family=Family.FORWARD,
    number=3,
    title="the output activation cannot reach the targets",
    what=(
        "The last layer's activation has a range that some targets lie outside of: ReLU or a sigmoid "
        "for targets below zero, tanh for prices."
    ),
    algebra="h = max(z, 0) ≥ 0,   y < 0   =>   (h - y)² ≥ y², however z is chosen",
    shows=(
        "The gradient check passes. Outputs stay inside the activation's range, the error on the "
        "targets outside it has a floor, and units at the border have no gradient."
    ),
    fix=(
        "Use a linear output for regression, a sigmoid for targets in 0 to 1, tanh for -1 to 1; or "
        "scale the targets into the range."
    ),
    exceptions="Targets that lie in the range, such as counts under ReLU or softplus.",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        inject=(
            Change(
                "return (self.h2 @ self.W3 + self.b3)[:, 0]",
                "return np.maximum((self.h2 @ self.W3 + self.b3)[:, 0], 0)",
            ),
            Change(
                "delta3 = (prediction - y)[:, np.newaxis] / len(y)",
                "delta3 = ((prediction - y) * (prediction > 0))[:, np.newaxis] / len(y)",
            ),
        ),
        symptom=Symptom(run="net.fit(X, y)", holds="net.forward(X).min() >= 0 > y.min()"),
    ),
)
