"""Softmax is shifted by the maximum of the whole batch."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC509",
    name="softmax-shift-whole-batch",
    family=Family.STABILITY,
    title="softmax is shifted by the maximum of the whole batch",
    what=(
        "The shift that should keep exponentials from overflowing is the maximum over all samples. "
        "Rows far below it underflow as a whole."
    ),
    algebra=(
        "should be   exp(z_ik - max_k z_ik)            one of them is exp 0 = 1\n"
        "computed    exp(z_ik - max over i and k)      0/0 for rows 745 below"
    ),
    shows=(
        "The gradient check passes. Some batches give nan: those in which one sample's logits are far "
        "larger than another's."
    ),
    fix="Take each row's own maximum, with keepdims=True.",
    exceptions="One sample at a time.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("e = np.exp(z - z.max(axis=1, keepdims=True))", "e = np.exp(z - z.max())"),),
        symptom=Symptom(run="net.W2 *= 2000", holds="not np.isfinite(net.forward(X)).all()"),
    ),
)
