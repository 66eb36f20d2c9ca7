"""Adam adds epsilon inside the square root."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC826",
    name="epsilon-inside-root",
    family=Family.OPTIMIZER,
    severity=Severity.WARNING,
    number=92,
    title="Adam adds epsilon inside the square root",
    what=(
        "The denominator is sqrt(v + ε) in place of sqrt(v) + ε. For gradients smaller than sqrt(ε) "
        "the steps shrink."
    ),
    algebra=(
        "should be   m / (sqrt(v) + ε)        ±1 for |g| ≫ 1e-8\n"
        "computed    m / sqrt(v + ε)          ±1 for |g| ≫ 1e-4"
    ),
    shows=(
        "Equal to Adam for ordinary gradients; for |g| = 1e-6 the step is 0.01 η instead of 0.99 η. "
        "Late in training progress stops."
    ),
    fix="Take the root first and add ε after.",
    exceptions="Variants that define it so, with a smaller ε.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(Change("(np.sqrt(v_hat) + self.eps)", "np.sqrt(v_hat + self.eps)"),),
        symptom=Symptom(
            run=('w = {"w": np.zeros(1)}\nAdam(lr=1.0).step(w, {"w": np.full(1, 1e-6)})'),
            holds='abs(w["w"]) < 0.5',
        ),
    ),
)
