"""The loss penalises the norm, the gradient its square."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC309",
    name="norm-not-squared",
    family=Family.REGULARIZATION,
    number=77,
    title="the loss penalises the norm, the gradient its square",
    what=("The loss uses np.linalg.norm(W), which has taken the root, while the backward pass adds 2λ W."),
    algebra=("λ ‖W‖²   has the gradient   2λ W\nλ ‖W‖    has the gradient    λ W / ‖W‖"),
    shows=(
        "The error is proportional to W within each matrix, with a factor that differs from one to "
        "the next: 2λ - λ/‖W‖. Biases agree."
    ),
    fix="Square the norm in the loss: np.sum(W**2).",
    exceptions="A penalty on the norm itself, with its own gradient (group lasso).",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "penalty = self.reg * (np.sum(self.W1**2) + np.sum(self.W2**2))",
                "penalty = self.reg * (np.linalg.norm(self.W1) + np.linalg.norm(self.W2))",
            ),
        ),
        spoils=("W1", "W2"),
    ),
)
