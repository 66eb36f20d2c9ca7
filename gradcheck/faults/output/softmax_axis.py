"""Softmax normalises over the samples instead of the classes."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC144",
    name="softmax-axis",
    family=Family.FORWARD,
    number=4,
    title="softmax normalises over the samples instead of the classes",
    what=(
        "The maximum and the sum run along the wrong axis: each class sums to 1 over the batch, and a "
        "sample's outputs depend on its neighbours."
    ),
    algebra=("should be   p_ik = exp(z_ik) / Σ_k exp(z_ik)\ncomputed    p_ik = exp(z_ik) / Σ_i exp(z_ik)"),
    shows=(
        "Columns of the output sum to 1, rows do not. The output for one sample alone is 1 for every "
        "class. The delta p - y is not the gradient of this."
    ),
    fix=(
        "Sum over the axis of the classes: axis=1 (or -1) for samples in rows, axis=0 for samples in "
        "columns, keepdims=True."
    ),
    exceptions=("Samples in columns, where axis=0 is the axis of the classes; attention over positions."),
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "    e = np.exp(z - z.max(axis=1, keepdims=True))\n"
                "    return e / e.sum(axis=1, keepdims=True)",
                "    e = np.exp(z - z.max(axis=0, keepdims=True))\n"
                "    return e / e.sum(axis=0, keepdims=True)",
            ),
        ),
        spoils=("W1", "b1", "W2", "b2"),
        symptom=Symptom(
            run="p = net.forward(X)",
            holds="np.allclose(p.sum(axis=0), 1) and not np.allclose(p.sum(axis=1), 1)",
        ),
    ),
)
