"""One of two paths is missing in the backward pass."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC214",
    name="branch-dropped",
    family=Family.HIDDEN_DELTA,
    number=49,
    title="one of two paths is missing in the backward pass",
    what=(
        "A value is used twice in the forward pass, by a layer and by a skip connection, and the "
        "backward pass follows one of the uses. Often the second gradient is assigned over the first."
    ),
    algebra=(
        "the chain rule, for h used in a(h) and in b(h):\n"
        "  should be   ∂L/∂h = ∂L/∂a ∂a/∂h + ∂L/∂b ∂b/∂h\n"
        "  computed    ∂L/∂h = ∂L/∂a ∂a/∂h"
    ),
    shows=(
        "Layers above the fork agree; those below are wrong, and the error is exactly the gradient of "
        "the missing path."
    ),
    fix="Add up the gradients of all uses.",
    exceptions="A path that is cut on purpose (stop-gradient).",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        inject=(Change("dh1 = dh2 + delta2 @ self.W2.T", "dh1 = delta2 @ self.W2.T"),),
        spoils=("W1", "b1"),
    ),
)
