"""The backward pass does not apply the dropout mask."""

from gradcheck.faults.bases import NORM_DROPOUT
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC216",
    name="mask-absent-backward",
    family=Family.HIDDEN_DELTA,
    number=83,
    title="the backward pass does not apply the dropout mask",
    what=(
        "Units are dropped and scaled in the forward pass, and the gradient passes through as if they "
        "had not been."
    ),
    algebra=("forward     h' = h ⊙ m / q\nshould be   ∂L/∂h = ∂L/∂h' ⊙ m / q\ncomputed    ∂L/∂h = ∂L/∂h'"),
    shows=(
        "Units that were dropped have a gradient where it should be zero, and kept units q times the "
        "true one. Layers above the dropout agree; in evaluation everything does."
    ),
    fix="Multiply by the stored mask, with its scale.",
    exceptions="Dropout switched off: the mask is all ones.",
    specimen=Specimen(
        base=NORM_DROPOUT,
        inject=(Change("return dy * self.mask", "return dy"),),
        spoils=("W1", "gamma", "beta"),
    ),
)
