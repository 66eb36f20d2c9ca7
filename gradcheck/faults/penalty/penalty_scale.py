"""The penalty's gradient has another coefficient than the loss."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC301",
    name="penalty-scale",
    family=Family.REGULARIZATION,
    number=72,
    title="the penalty's gradient has another coefficient than the loss",
    what=(
        "The loss adds the penalty with one coefficient, for instance divided by the number of "
        "samples or of inputs, and the backward pass adds its gradient with another."
    ),
    algebra=(
        "loss        L = data + λ/(2N) Σ W²\n"
        "should be   ∂L/∂W = data part + λ/N W\n"
        "computed            data part + λ W"
    ),
    shows=(
        "The error is proportional to W, entry by entry, with one factor for all. Biases agree. "
        "Measured without the data, from two values of λ, the ratio of the two coefficients is exact. "
        "Weights decay N times too fast."
    ),
    fix="Give both places the same coefficient: the derivative of c ΣW² is 2 c W.",
    exceptions=("Weight decay in the update, with no penalty in the loss: then the loss says nothing of it."),
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(
            Change('lam / m * parameters["W3"]', 'lam * parameters["W3"]'),
            Change('lam / m * parameters["W2"]', 'lam * parameters["W2"]'),
            Change('lam / m * parameters["W1"]', 'lam * parameters["W1"]'),
        ),
        spoils=("W1", "W2", "W3"),
    ),
)
