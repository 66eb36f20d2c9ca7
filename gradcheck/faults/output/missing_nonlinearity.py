"""There is no activation between two layers."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC142",
    name="missing-nonlinearity",
    family=Family.FORWARD,
    number=2,
    title="there is no activation between two layers",
    what=(
        "The hidden layer passes on z itself, and the backward pass agrees. Two linear layers in a "
        "row are one linear layer."
    ),
    algebra=("h = z = x W_1 + b_1\nz_2 = h W_2 + b_2 = x (W_1 W_2) + (b_1 W_2 + b_2)"),
    shows=(
        "The gradient check passes. The logits are affine in the input: at the midpoint of two inputs "
        "they are the mean of theirs. Training ends where a linear classifier ends; XOR stays at one "
        "half."
    ),
    fix="Apply the activation, and its derivative in the backward pass.",
    exceptions="Linear networks on purpose: principal components, low-rank layers.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change("self.h1 = np.tanh(self.z1)", "self.h1 = self.z1"),
            Change("delta1 = (delta2 @ self.W2.T) * (1 - self.h1**2)", "delta1 = delta2 @ self.W2.T"),
        ),
        symptom=Symptom(
            run=("net.forward((X[:6] + X[6:]) / 2)\nmiddle = net.z2\nnet.forward(X)"),
            holds="np.allclose(middle, (net.z2[:6] + net.z2[6:]) / 2)",
        ),
    ),
)
