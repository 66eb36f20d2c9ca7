"""The update adds the gradient."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC801",
    name="gradient-ascent",
    family=Family.UPDATE,
    number=84,
    title="the update adds the gradient",
    what=(
        "The gradient is right and the step goes along it, uphill. Two signs may hide each other: a "
        "negated delta with an update that adds."
    ),
    algebra=(
        "should be   W ← W - η ∂L/∂W      L changes by -η ‖∂L/∂W‖²\n"
        "computed    W ← W + η ∂L/∂W      L changes by +η ‖∂L/∂W‖²"
    ),
    shows=(
        "The gradient check passes, and a small step raises the loss by just as much as it should "
        "lower it. The loss grows until it overflows."
    ),
    fix="Subtract.",
    exceptions="Maximising a likelihood or a reward; the adversary's half of a game.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                '        self.W1 -= lr * grads["W1"]\n'
                '        self.b1 -= lr * grads["b1"]\n'
                '        self.W2 -= lr * grads["W2"]\n'
                '        self.b2 -= lr * grads["b2"]',
                '        self.W1 += lr * grads["W1"]\n'
                '        self.b1 += lr * grads["b1"]\n'
                '        self.W2 += lr * grads["W2"]\n'
                '        self.b2 += lr * grads["b2"]',
            ),
        ),
        symptom=Symptom(
            run=("before = net.loss(X, y)\nnet.step(net.backward(X, y), 0.01)"),
            holds="net.loss(X, y) > before",
        ),
    ),
)
