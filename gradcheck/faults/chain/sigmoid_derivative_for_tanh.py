"""The derivative belongs to another activation."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC204",
    name="other-activation-derivative",
    family=Family.HIDDEN_DELTA,
    number=39,
    title="the derivative belongs to another activation",
    what=(
        "The forward pass uses one activation and the backward pass the derivative of another, most "
        "often h (1 - h) of the sigmoid for tanh, left over from an earlier version."
    ),
    algebra=(
        "second equation, the delta of a hidden layer, with act'(z) from h:\n"
        "  tanh       1 - h²\n"
        "  sigmoid    h (1 - h)         h (1 - h) / (1 - h²) = h / (1 + h)\n"
        "  ReLU       1 where z > 0"
    ),
    shows=(
        "The deltas are h / (1 + h) times the true ones, unit by unit, with the wrong sign where h < "
        "0. This layer and all below are wrong."
    ),
    fix=("Let forward and backward of an activation stand side by side, and change them together."),
    exceptions="A surrogate derivative on purpose, as for units that fire or do not.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(Change('dZ2 = dA2 * (1 - cache["A2"] ** 2)', 'dZ2 = dA2 * cache["A2"] * (1 - cache["A2"])'),),
        spoils=("W1", "b1", "W2", "b2"),
    ),
)
