"""Softmax is applied to probabilities."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC146",
    name="double-softmax",
    family=Family.FORWARD,
    number=6,
    title="softmax is applied to probabilities",
    what=(
        "The last layer ends in a softmax, and the loss, which expects logits, applies another one. "
        "If the backward pass follows, the gradient is right and the network cannot be sure of "
        "anything."
    ),
    algebra=(
        "q = softmax(p) with 0 ≤ p ≤ 1\n"
        "q_k ≤ e / (e + K - 1)          0.576 for K = 3, 0.232 for K = 10\n"
        "L ≥ ln(1 + (K - 1)/e)          0.551 for K = 3, 1.461 for K = 10"
    ),
    shows=(
        "The gradient check passes. The loss falls to its floor and stops, the largest output never "
        "exceeds the bound, and learning is slow. Accuracy may be fair."
    ),
    fix="Hand logits to a loss that applies softmax itself, or drop one of the two.",
    exceptions="A temperature: softmax(z / T) is one softmax, not two.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change("return softmax(self.z2)", "return softmax(softmax(self.z2))"),
            Change(
                "        delta2 /= n",
                "        delta2 /= n\n"
                "        q = softmax(self.z2)\n"
                "        delta2 = q * (delta2 - np.sum(q * delta2, axis=1, keepdims=True))",
            ),
        ),
        symptom=Symptom(
            run=("net.reg = 0.0\nnet.fit(X, y, epochs=300)"), holds="net.forward(X).max() < np.e / (np.e + 2)"
        ),
    ),
)
