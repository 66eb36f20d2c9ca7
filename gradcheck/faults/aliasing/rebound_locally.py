"""The update gives a local name a new value and leaves the parameter."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC406",
    name="rebound-locally",
    family=Family.ALIASING,
    number=117,
    title="the update gives a local name a new value and leaves the parameter",
    what=(
        "A loop variable or argument is rebound, w = w - lr * g. The new array belongs to the name; "
        "the network keeps the old one."
    ),
    algebra=(
        "w = w - lr * g         makes an array and names it w\n"
        "w -= lr * g            changes the array that the network holds\n"
        "w[...] = w - lr * g    the same"
    ),
    shows=(
        "The gradient is right, the parameters are equal bit for bit after the step, and the loss is "
        "constant."
    ),
    fix="Update in place, or store the result: self.W = self.W - lr * g.",
    exceptions="A function that returns the new value to a caller who stores it.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        prepare=(
            Change(
                '        self.W1 -= lr * grads["W1"]\n'
                '        self.b1 -= lr * grads["b1"]\n'
                '        self.W2 -= lr * grads["W2"]\n'
                '        self.b2 -= lr * grads["b2"]',
                "        for name, grad in grads.items():\n"
                "            w = getattr(self, name)\n"
                "            w -= lr * grad",
            ),
        ),
        inject=(Change("w -= lr * grad", "w = w - lr * grad"),),
        symptom=Symptom(run=("start = net.W1.copy()\nnet.fit(X, y)"), holds="np.array_equal(start, net.W1)"),
    ),
)
