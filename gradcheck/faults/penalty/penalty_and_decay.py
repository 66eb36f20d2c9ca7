"""Weights are penalised in the loss and decayed in the update."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC310",
    name="penalty-and-decay",
    family=Family.REGULARIZATION,
    severity=Severity.WARNING,
    number=78,
    title="weights are penalised in the loss and decayed in the update",
    what=(
        "The gradient holds the penalty's part, as it should, and the update shrinks the weights once more."
    ),
    algebra=(
        "gradient     g = data part + 2λ W          agrees with the loss\n"
        "update       W ← W - η (g + 2λ W)         decays twice"
    ),
    shows=(
        "The gradient check passes. A step is not -η times the gradient: the rest is proportional to "
        "W. Where the data's gradient is zero, weights shrink twice as fast as λ says."
    ),
    fix="Keep one of the two.",
    exceptions="Decoupled decay (AdamW), with no penalty in the loss.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                '        self.W1 -= lr * grads["W1"]',
                '        self.W1 -= lr * (grads["W1"] + 2 * self.reg * self.W1)',
            ),
            Change(
                '        self.W2 -= lr * grads["W2"]',
                '        self.W2 -= lr * (grads["W2"] + 2 * self.reg * self.W2)',
            ),
        ),
        symptom=Symptom(
            run=("g, before = net.backward(X, y), net.W1.copy()\nnet.step(g, 0.1)"),
            holds='not np.allclose(before - net.W1, 0.1 * g["W1"])',
        ),
    ),
)
