"""The backward pass draws a dropout mask of its own."""

from gradcheck.faults.bases import NORM_DROPOUT
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC215",
    name="mask-from-another-pass",
    family=Family.HIDDEN_DELTA,
    number=50,
    title="the backward pass draws a dropout mask of its own",
    what=("Units are dropped in the forward pass by one random mask and in the backward pass by another."),
    algebra=(
        "forward     h' = h ⊙ m / q\n"
        "should be   ∂L/∂h = ∂L/∂h' ⊙ m / q\n"
        "computed    ∂L/∂h = ∂L/∂h' ⊙ m' / q      m' drawn anew"
    ),
    shows=(
        "Two backward passes of one forward pass differ. Units that were dropped get a gradient and "
        "units that were kept lose theirs; layers above the dropout agree."
    ),
    fix="Keep the mask of the forward pass and reuse it.",
    exceptions="A generator that is reset between the passes draws the same mask twice.",
    specimen=Specimen(
        base=NORM_DROPOUT,
        inject=(
            Change(
                "return dy * self.mask", "return dy * (np.random.random(dy.shape) < self.keep) / self.keep"
            ),
        ),
        spoils=("W1", "gamma", "beta"),
    ),
)
