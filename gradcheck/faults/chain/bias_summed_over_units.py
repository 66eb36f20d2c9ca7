"""A bias gradient is one number for all units."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC263",
    name="bias-summed-over-units",
    family=Family.BIAS_GRAD,
    number=64,
    title="a bias gradient is one number for all units",
    what=(
        "The sum over the delta has no axis: it runs over samples and units, and the update subtracts "
        "the same number from each bias."
    ),
    algebra=(
        "third equation, the gradient of the biases:\n"
        "  should be   ∂L/∂b_k = Σ_i δ_ik\n"
        "  computed    Σ_i Σ_k δ_ik       for softmax and cross-entropy: 0"
    ),
    shows=(
        "The gradient has no axis, or equal entries; at a softmax output it is zero up to rounding "
        "(about 1e-17). The biases stay equal to each other."
    ),
    fix="Sum over the samples only: axis=0 for samples in rows.",
    exceptions="A layer with a single unit.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("db2 = delta2.sum(axis=0)", "db2 = delta2.sum()"),),
        spoils=("b2",),
    ),
)
