"""Softmax normalises over the whole batch."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC145",
    name="softmax-whole-batch",
    family=Family.FORWARD,
    number=5,
    title="softmax normalises over the whole batch",
    what=(
        "The sum has no axis: exponentials of all samples and classes are added up. With one sample "
        "at a time nothing is wrong."
    ),
    algebra=(
        "should be   p_ik = exp(z_ik) / Σ_k exp(z_ik)\ncomputed    p_ik = exp(z_ik) / Σ_i Σ_k exp(z_ik)"
    ),
    shows=(
        "The whole output sums to 1, a row to about 1/N, and the loss starts near ln NK instead of ln "
        "K. With one sample the gradient is right, with more it is not."
    ),
    fix="Give the sum its axis, with keepdims=True.",
    exceptions="One sample at a time.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("return e / e.sum(axis=1, keepdims=True)", "return e / e.sum()"),),
        spoils=("W1", "b1", "W2", "b2"),
        symptom=Symptom(holds="np.isclose(net.forward(X).sum(), 1)"),
    ),
)
