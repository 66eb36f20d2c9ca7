"""Forward and backward divide the variance by different counts."""

from gradcheck.faults.bases import NORM_DROPOUT
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC218",
    name="variance-convention",
    family=Family.HIDDEN_DELTA,
    number=80,
    title="forward and backward divide the variance by different counts",
    what=(
        "The forward pass takes the variance with N - 1 (ddof=1), the backward pass differentiates "
        "the one with N, or the other way round."
    ),
    algebra=(
        "var = Σ (x - mean)² / c\n"
        "∂var/∂x_i = 2 (x_i - mean) / c       with the same c in both passes\n"
        "the mismatch has relative size 1/N"
    ),
    shows=(
        "The layers below disagree by a little: the error shrinks like 1/N as the batch grows, and is "
        "large for batches of two or three."
    ),
    fix="Use N in both passes, as is customary for batch normalisation in training.",
    exceptions="Running statistics for evaluation may use N - 1.",
    specimen=Specimen(
        base=NORM_DROPOUT,
        inject=(
            Change(
                "mean, var = x.mean(axis=0), x.var(axis=0)",
                "mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)",
            ),
        ),
        spoils=("W1",),
    ),
)
