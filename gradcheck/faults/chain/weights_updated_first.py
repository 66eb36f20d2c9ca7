"""A layer's weights are updated before its delta goes back."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family
from gradcheck.subject.wiring import Step

FAULT = Fault(
    code="GC208",
    name="weights-updated-first",
    family=Family.HIDDEN_DELTA,
    number=43,
    title="a layer's weights are updated before its delta goes back",
    what=(
        "The loop updates each layer as soon as its gradient is known and then sends the delta down "
        "through the new weights."
    ),
    algebra=(
        "second equation, the delta of a hidden layer:\n"
        "  should be   δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ act'(z_l)\n"
        "  computed    δ_l = (δ_{l+1} (W_{l+1} - η ∂L/∂W_{l+1})ᵀ) ⊙ act'(z_l)"
    ),
    shows=(
        "The top layer is right, every layer below is wrong by an amount proportional to the rate. "
        "The check passes in the limit of a small rate, so it seems to depend on luck."
    ),
    fix="Send the delta down first, or compute all gradients before the first update.",
    exceptions="None for gradient descent; the harm is small where the rate is small.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        prepare=(
            Change(
                "    def step(self, grads, lr):",
                "    def learn(self, X, y, lr):\n"
                "        n = len(y)\n"
                "        delta2 = (self.forward(X) - np.eye(len(self.b2))[y]) / n\n"
                "        dW2 = self.h1.T @ delta2 + 2 * self.reg * self.W2\n"
                "        dh1 = delta2 @ self.W2.T\n"
                "        self.W2 -= lr * dW2\n"
                "        self.b2 -= lr * delta2.sum(axis=0)\n"
                "        delta1 = dh1 * (1 - self.h1**2)\n"
                "        self.W1 -= lr * (X.T @ delta1 + 2 * self.reg * self.W1)\n"
                "        self.b1 -= lr * delta1.sum(axis=0)\n"
                "\n"
                "    def step(self, grads, lr):",
            ),
        ),
        inject=(
            Change(
                "        dh1 = delta2 @ self.W2.T\n        self.W2 -= lr * dW2",
                "        self.W2 -= lr * dW2\n        dh1 = delta2 @ self.W2.T",
            ),
        ),
        spoils=("W1", "b1"),
        wired=replace(SOFTMAX_ROWS.wiring, grads=None, step=Step("net.learn(X, y, 0.5)", "0.5")),
    ),
)
