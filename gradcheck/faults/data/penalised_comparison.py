"""A loss with penalty is compared with one without."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC724",
    name="penalised-comparison",
    family=Family.EVALUATION,
    severity=Severity.WARNING,
    number=122,
    title="a loss with penalty is compared with one without",
    what=(
        "The training loss includes λ ΣW², the validation loss does not. The gap between the curves "
        "is not, or not only, overfitting."
    ),
    algebra=("training     data + λ Σ W²\nvalidation   data\ngap on the same samples   λ Σ W²"),
    shows=(
        "Evaluated on the same samples, the two figures differ by exactly the penalty. Validation "
        "seems better than training early on."
    ),
    fix="Report the data's loss for both, and the penalty by itself.",
    exceptions="The penalised loss is the right one to minimise; the note is on comparing.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        prepare=(
            Change(
                "    def loss(self, X, y):",
                "    def data_loss(self, X, y):\n"
                "        return -np.mean(np.log(self.forward(X)[np.arange(len(y)), y]))\n"
                "\n"
                "    def report(self, X, y, X_val, y_val):\n"
                "        return self.data_loss(X, y), self.data_loss(X_val, y_val)\n"
                "\n"
                "    def loss(self, X, y):",
            ),
        ),
        inject=(
            Change(
                "return self.data_loss(X, y), self.data_loss(X_val, y_val)",
                "return self.loss(X, y), self.data_loss(X_val, y_val)",
            ),
        ),
        symptom=Symptom(run="training, validation = net.report(X, y, X, y)", holds="training > validation"),
    ),
)
