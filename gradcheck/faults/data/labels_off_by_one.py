"""Labels are shifted by one."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC706",
    name="labels-off-by-one",
    family=Family.DATA,
    number=21,
    title="labels are shifted by one",
    what=(
        "Labels run from 0 and the code subtracts 1, or run from 1 and it does not. Index -1 is the "
        "last class and does not raise."
    ),
    algebra=(
        "L = -1/N Σ_i log p[i, y_i - 1]       the loss of another labelling\n"
        "trained to the end: argmax_k p_ik = y_i - 1 (mod K)"
    ),
    shows=(
        "The gradient check passes and the loss falls to zero, while accuracy falls to zero as well: "
        "nearly every prediction is the true class less one."
    ),
    fix="Convert labels once, where they are read, and assert that they run from 0 to K - 1.",
    exceptions="Labels that run from 1: there the subtraction belongs.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "data_loss = -np.sum(np.log(p[np.arange(n), y])) / n",
                "data_loss = -np.sum(np.log(p[np.arange(n), y - 1])) / n",
            ),
            Change("delta2[np.arange(n), y] -= 1", "delta2[np.arange(n), y - 1] -= 1"),
        ),
        symptom=Symptom(
            run="net.fit(X, y)",
            holds="net.accuracy(X, y) < 0.2 and np.mean(net.predict(X) == (y - 1) % 3) > 0.8",
        ),
    ),
)
