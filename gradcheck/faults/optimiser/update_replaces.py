"""The update replaces the parameter instead of changing it."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC806",
    name="update-replaces-parameter",
    family=Family.UPDATE,
    title="the update replaces the parameter instead of changing it",
    what=(
        "The signs of -= are exchanged, W =- lr * g, or the old value is left out, or the result is "
        "stored under the gradient's name. What was learned is thrown away in each step."
    ),
    algebra=("should be   W ← W - η g\ncomputed    W ←   - η g"),
    shows=(
        "After a step the parameter is a multiple of the last gradient. The loss jumps at the first "
        "step and does not fall after it."
    ),
    fix="Write W -= lr * g.",
    exceptions="Plain assignment of a value that already holds the old one: W = W - lr * g.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change('self.W1 -= lr * grads["W1"]', 'self.W1 =- lr * grads["W1"]'),),
        symptom=Symptom(
            run=("g = net.backward(X, y)\nnet.step(g, 0.1)"), holds='np.allclose(net.W1, -0.1 * g["W1"])'
        ),
    ),
)
