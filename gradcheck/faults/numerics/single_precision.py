"""The loss is rounded to single precision, too coarse for differences."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC505",
    name="single-precision-check",
    family=Family.STABILITY,
    severity=Severity.NOTE,
    number=110,
    title="the loss is rounded to single precision, too coarse for differences",
    what=(
        "Somewhere in the computation stands a float32 array. The loss then has seven digits, and a "
        "difference over a small step has hardly any."
    ),
    algebra=(
        "error of (f(w + h) - f(w - h)) / 2h  ≈  h² |f'''| / 6 + u |f| / h\n"
        "double   u = 1.1e-16    best h ≈ 5e-6    error ≈ 3e-11\n"
        "single   u = 6e-8       best h ≈ 4e-3    error ≈ 2e-5"
    ),
    shows=(
        "The error against the step size is a V whose floor is near 1e-5 instead of 1e-11; with the "
        "usual h of 1e-5 the check fails though the gradient is right."
    ),
    fix="Check in float64: cast parameters and data once, at the start.",
    exceptions="Training in float32 is fine; only the check needs more.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("return softmax(self.z2)", "return softmax(self.z2).astype(np.float32)"),),
        spoils=("W1", "b1", "W2", "b2"),
        symptom=Symptom(holds="net.forward(X).dtype == np.float32"),
    ),
)
