"""An exponential overflows."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC502",
    name="exp-overflow",
    family=Family.STABILITY,
    number=109,
    title="an exponential overflows",
    what=(
        "exp is taken of whatever the last layer gives. Above 709.78 the result is infinite, and "
        "infinity over infinity is nan."
    ),
    algebra=(
        "exp(z_k) / Σ_j exp(z_j) = exp(z_k - c) / Σ_j exp(z_j - c)     for any c\n"
        "with c = max_j z_j every exponent is at most 0"
    ),
    shows=(
        "Right for small logits, nan for large ones, often after some hundred steps: RuntimeWarning: "
        "overflow encountered in exp."
    ),
    fix=("Subtract each row's maximum before the exponential; for a sigmoid use exp(-|z|) and two branches."),
    exceptions="Logits that are bounded by construction.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("e = np.exp(z - z.max(axis=1, keepdims=True))", "e = np.exp(z)"),),
        symptom=Symptom(run="net.W2 *= 2000", holds="not np.isfinite(net.forward(X)).all()"),
    ),
)
