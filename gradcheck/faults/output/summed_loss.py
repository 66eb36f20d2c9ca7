"""The loss is a sum over the batch, not a mean."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC122",
    name="summed-loss",
    family=Family.LOSS,
    severity=Severity.NOTE,
    number=15,
    title="the loss is a sum over the batch, not a mean",
    what=(
        "Loss and gradient both add over the samples. They agree with each other, and both grow with "
        "the size of the batch."
    ),
    algebra=(
        "L = Σ_i L_i     twice the batch, twice the loss and twice the gradient\n"
        "W ← W - η Σ_i ∂L_i/∂W      a rate of η N for the mean"
    ),
    shows=(
        "The same batch twice over doubles the loss. A rate that trains with 10 samples diverges with "
        "1000; a penalty weighs less the more samples there are."
    ),
    fix="Divide both by N, and set the rate and the penalty anew.",
    exceptions="A sum is no error of the gradient. Books and papers use it, with rates to match.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        data_loss = -np.sum(np.log(p[np.arange(n), y])) / n",
                "        data_loss = -np.sum(np.log(p[np.arange(n), y]))",
            ),
            Change(
                "        delta2 /= n\n        dW2 = self.h1.T @ delta2", "        dW2 = self.h1.T @ delta2"
            ),
        ),
        symptom=Symptom(
            run=("net.reg = 0.0\nX2, y2 = np.vstack([X, X]), np.hstack([y, y])"),
            holds="np.isclose(net.loss(X2, y2), 2 * net.loss(X, y))",
        ),
    ),
)
