"""A gradient and its parameter are one array."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC405",
    name="gradient-aliases-parameter",
    family=Family.ALIASING,
    number=116,
    title="a gradient and its parameter are one array",
    what=(
        "The gradient starts as the parameter itself, g = W, and is then scaled and added to in "
        "place. The backward pass has changed the network before any update."
    ),
    algebra=(
        "dW = W          one array, two names\n"
        "dW *= 2λ        W is now 2λ W\n"
        "dW += hᵀ δ      W is now its own gradient"
    ),
    shows=(
        "The two share memory; the parameter differs before and after the backward pass. Layers below "
        "see the changed weights, and a second backward pass gives something else."
    ),
    fix="Make a new array: dW = 2λ * W.",
    exceptions="None: a gradient is not a place to keep weights.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        prepare=(
            Change(
                "        dW2 = self.h1.T @ delta2",
                "        dW2 = 2 * self.reg * self.W2\n        dW2 += self.h1.T @ delta2",
            ),
            Change("        dW2 += 2 * self.reg * self.W2\n        dW1 +=", "        dW1 +="),
        ),
        inject=(
            Change(
                "        dW2 = 2 * self.reg * self.W2", "        dW2 = self.W2\n        dW2 *= 2 * self.reg"
            ),
        ),
        spoils=("W1", "b1"),
        symptom=Symptom(holds='np.shares_memory(net.backward(X, y)["W2"], net.W2)'),
    ),
)
