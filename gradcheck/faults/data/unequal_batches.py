"""Means of unequal batches are averaged as if they were equal."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC721",
    name="unequal-batches-averaged",
    family=Family.EVALUATION,
    severity=Severity.WARNING,
    number=119,
    title="means of unequal batches are averaged as if they were equal",
    what=(
        "The figure of the whole set is the plain mean of batch figures, and the last batch is "
        "smaller. Its samples count more than others."
    ),
    algebra=("should be   Σ_b n_b a_b / Σ_b n_b\ncomputed    1/B Σ_b a_b"),
    shows=(
        "The result changes with the batch size and with the order of the samples, and differs from "
        "the figure over the whole set at once."
    ),
    fix="Weight each batch by its size, or collect hits and divide once.",
    exceptions="Batches that are all of one size.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        prepare=(
            Change(
                "    def accuracy(self, X, y):",
                "    def batched_accuracy(self, X, y, batch=5):\n"
                "        starts = range(0, len(y), batch)\n"
                "        scores = [self.accuracy(X[s : s + batch], y[s : s + batch]) for s in starts]\n"
                "        sizes = [len(y[s : s + batch]) for s in starts]\n"
                "        return np.average(scores, weights=sizes)\n"
                "\n"
                "    def accuracy(self, X, y):",
            ),
        ),
        inject=(
            Change(
                "        sizes = [len(y[s : s + batch]) for s in starts]\n"
                "        return np.average(scores, weights=sizes)",
                "        return np.mean(scores)",
            ),
        ),
        symptom=Symptom(
            run="X, y = make_data(17, seed=3)",
            holds="not np.isclose(net.batched_accuracy(X, y), net.accuracy(X, y))",
        ),
    ),
)
