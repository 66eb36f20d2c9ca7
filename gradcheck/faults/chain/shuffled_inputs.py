"""A weight gradient pairs deltas with inputs in another order."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC236",
    name="shuffled-inputs",
    family=Family.WEIGHT_GRAD,
    number=56,
    title="a weight gradient pairs deltas with inputs in another order",
    what=(
        "The batch is shuffled, or another batch is loaded, between the forward pass and the product "
        "that makes the gradient. Row i of the deltas meets row j of the inputs."
    ),
    algebra=(
        "fourth equation, the gradient of the weights:\n"
        "  should be   ∂L/∂W_1 = Σ_i x_iᵀ δ_i\n"
        "  computed    ∂L/∂W_1 = Σ_i x_π(i)ᵀ δ_i"
    ),
    shows=(
        "Only the first matrix is wrong; biases and upper layers agree. It agrees with the product "
        "for one particular permutation of the inputs."
    ),
    fix="Use the array that went through the forward pass; keep it in the cache.",
    exceptions="Full-batch code without any shuffling, where the orders cannot differ.",
    specimen=Specimen(
        base=RELU_BINARY,
        prepare=(
            Change(
                "def gradients(X, y):\n    z1, a1, z2, a2, z3 = forward(X)",
                "def gradients(X, y):\n"
                "    rows = np.random.permutation(len(X))\n"
                "    batch, y = X[rows], y[rows]\n"
                "    z1, a1, z2, a2, z3 = forward(batch)",
            ),
            Change("dW1 = X.T @ d1", "dW1 = batch.T @ d1"),
        ),
        inject=(Change("dW1 = batch.T @ d1", "dW1 = X.T @ d1"),),
        spoils=("W1",),
    ),
)
