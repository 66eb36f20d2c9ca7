"""Max pooling sends the gradient to the wrong cells."""

from gradcheck.faults.bases import TINY_CONV
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC219",
    name="pool-routing",
    family=Family.HIDDEN_DELTA,
    number=60,
    title="max pooling sends the gradient to the wrong cells",
    what=(
        "The backward pass spreads each block's gradient over all cells, as for a mean, or sends it "
        "to a fixed one, instead of to the cell that was largest."
    ),
    algebra=(
        "y = max_j x_j = x_j*\n"
        "should be   ∂L/∂x_j = ∂L/∂y for j = j*, else 0\n"
        "computed    ∂L/∂x_j = ∂L/∂y / 4 for every j"
    ),
    shows=(
        "Each block's gradient has the right sum and stands in the wrong cells. Layers above the "
        "pooling agree, those below do not."
    ),
    fix="Remember the argmax of the forward pass and route the gradient there.",
    exceptions="Mean pooling, where the even spread is right; ties, where any of the winners will do.",
    specimen=Specimen(
        base=TINY_CONV,
        inject=(
            Change(
                "routed = np.eye(4)[winner] * dpooled[..., np.newaxis]",
                "routed = np.full(4, 1 / 4) * dpooled[..., np.newaxis]",
            ),
        ),
        spoils=("K", "c"),
    ),
)
