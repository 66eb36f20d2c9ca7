"""Batch normalisation uses running statistics while training."""

from gradcheck.faults.bases import NORM_DROPOUT
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC153",
    name="running-statistics-in-training",
    family=Family.FORWARD,
    number=81,
    title="batch normalisation uses running statistics while training",
    what=(
        "Training normalises with the running mean and variance instead of the batch's own, while the "
        "backward pass differentiates the batch's. The running values lag behind the weights."
    ),
    algebra=(
        "training     should be (z - mean_batch) / std_batch     mean 0, std 1\n"
        "             computed  (z - mean_running) / std_running"
    ),
    shows=(
        "In training the normalised values do not have mean 0 and variance 1. Samples no longer "
        "influence each other, but the backward pass subtracts the means of δ as if they did. The "
        "loss changes from call to call as the averages move."
    ),
    fix="Use the batch's statistics in training, and the running ones in evaluation only.",
    exceptions=(
        "Fine-tuning with frozen statistics: then the backward pass must treat them as constants too."
    ),
    specimen=Specimen(
        base=NORM_DROPOUT,
        inject=(
            Change(
                "        else:\n            mean, var = self.running_mean, self.running_var",
                "        mean, var = self.running_mean, self.running_var",
            ),
        ),
        spoils=("W1", "gamma", "beta", "W2", "b2"),
        symptom=Symptom(
            run="net.forward(X, training=True)", holds="not np.allclose(net.norm.x_hat.mean(axis=0), 0)"
        ),
    ),
)
