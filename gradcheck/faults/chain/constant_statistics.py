"""Batch normalisation's mean and variance are taken as constants."""

from gradcheck.faults.bases import NORM_DROPOUT
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC217",
    name="constant-batch-statistics",
    family=Family.HIDDEN_DELTA,
    number=79,
    title="batch normalisation's mean and variance are taken as constants",
    what=(
        "The backward pass divides by the standard deviation and stops. But mean and variance are "
        "computed from the same batch: each input also acts through them."
    ),
    algebra=(
        "with g = ∂L/∂x_hat and means over the batch:\n"
        "  should be   ∂L/∂x = (g - mean(g) - x_hat mean(g x_hat)) / std\n"
        "  computed    ∂L/∂x = g / std"
    ),
    shows=(
        "Scale and shift agree, everything below the layer is wrong. The gradient should sum to zero "
        "over the batch, for each unit, and does not."
    ),
    fix="Use the full formula, or differentiate mean and variance step by step.",
    exceptions="Frozen statistics (evaluation, fine-tuning): there g / std is right.",
    specimen=Specimen(
        base=NORM_DROPOUT,
        inject=(
            Change(
                "        by_mean = g.mean(axis=0)\n"
                "        by_std = self.x_hat * (g * self.x_hat).mean(axis=0)\n"
                "        return (g - by_mean - by_std) / self.std",
                "        return g / self.std",
            ),
        ),
        spoils=("W1",),
    ),
)
