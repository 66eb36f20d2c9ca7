"""The logarithm is taken of a probability that can be zero."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC503",
    name="log-of-zero",
    family=Family.STABILITY,
    number=18,
    title="the logarithm is taken of a probability that can be zero",
    what=(
        "A softmax or sigmoid is computed first and its logarithm after. Where the probability "
        "underflows to zero the loss is infinite."
    ),
    algebra=(
        "log p_y = z_y - log Σ_j exp(z_j)        finite for every z\n"
        "log(exp(z_y) / Σ_j exp(z_j))            log 0 = -inf for z_y ≪ max z"
    ),
    shows=(
        "The loss is right for moderate logits and infinite for a sample that is confidently wrong, "
        'with "divide by zero encountered in log".'
    ),
    fix="Compute the logarithm from the logits: z - max z - log Σ exp(z - max z).",
    exceptions="Probabilities bounded away from zero, by label smoothing of a mixture for instance.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        prepare=(
            Change(
                "class Classifier:",
                "def log_softmax(z):\n"
                "    shifted = z - z.max(axis=1, keepdims=True)\n"
                "    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))\n"
                "\n"
                "\n"
                "class Classifier:",
            ),
            Change(
                "        data_loss = -np.sum(np.log(p[np.arange(n), y])) / n",
                "        log_p = log_softmax(self.z2)\n"
                "        data_loss = -np.sum(log_p[np.arange(n), y]) / n",
            ),
        ),
        inject=(Change("log_p = log_softmax(self.z2)", "log_p = np.log(p)"),),
        symptom=Symptom(run="net.W2 *= -2000", holds="not np.isfinite(net.loss(X, y))"),
    ),
)
