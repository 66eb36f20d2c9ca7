"""Test samples take part in training."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC704",
    name="leaked-test-data",
    family=Family.DATA,
    number=107,
    title="test samples take part in training",
    what=(
        "The two sets overlap: slices that start at the same end, duplicates on both sides, windows "
        "of one series, a split after augmentation."
    ),
    algebra=(
        "the test error estimates E[L(new sample)] only if the test samples\n"
        "had no influence on W:   train ∩ test = ∅"
    ),
    shows=(
        "The test error is as small as the training error, or smaller; rows of one set occur in the "
        "other. New data does much worse."
    ),
    fix="Split first, then clean, augment and scale; compare the rows of the sets.",
    exceptions="A check on the training set itself, called so.",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        inject=(
            Change(
                "train, test = order[: n // 2], order[n // 2 :]",
                "train, test = order[: n // 2], order[: n // 2]",
            ),
        ),
        symptom=Symptom(run="train_error, test_error = experiment()", holds="test_error <= train_error"),
    ),
)
