"""The best weights are kept by reference and move on with training."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC402",
    name="best-by-reference",
    family=Family.ALIASING,
    number=118,
    title="the best weights are kept by reference and move on with training",
    what=(
        "The loop remembers the best parameters by assigning the arrays, and the update changes those "
        "arrays in place. What is restored at the end is the last state, not the best."
    ),
    algebra=(
        "best = W           one array, two names\n"
        "W -= lr * grad     changes best as well\n"
        "at the end         best is W, whatever the loss was"
    ),
    shows=(
        "The restored parameters equal the final ones bit for bit, and share their memory; the loss "
        "after restoring is not the best loss that was seen."
    ),
    fix=(
        "Copy: best = W.copy(), copy.deepcopy(net) for a whole object. A list or dict of arrays must "
        "be copied array by array."
    ),
    exceptions=(
        "An update that rebinds, W = W - lr * grad, leaves the old array alone; keeping it by "
        "reference is then safe."
    ),
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "self.best = [w.copy() for w in (self.W1, self.b1, self.W2, self.b2)]",
                "self.best = [self.W1, self.b1, self.W2, self.b2]",
            ),
        ),
        symptom=Symptom(
            run=("net.fit(X, y, epochs=40, lr=8.0)\nnet.restore_best()"),
            holds="net.loss(X, y) > net.best_loss + 1e-6",
        ),
    ),
)
