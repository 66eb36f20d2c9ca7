"""The penalty outweighs the data and draws the weights to zero."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC311",
    name="penalty-too-strong",
    family=Family.REGULARIZATION,
    severity=Severity.WARNING,
    title="the penalty outweighs the data and draws the weights to zero",
    what="λ is so large that zero weights cost less than any fit of the data.",
    algebra=(
        "L = data + λ Σ W²    with  data ≤ ln K  at W = 0\n"
        "any W with λ Σ W² > ln K costs more than W = 0\n"
        "a step shrinks W by 1 - 2ηλ, and diverges for ηλ > 1"
    ),
    shows=(
        "The gradient is right. The norm of the weights falls to nearly zero, outputs stop depending "
        "on the input, and the loss ends at ln K or at the entropy of the classes. With λ = 0 the "
        "same run learns."
    ),
    fix="Divide λ by ten until the data loss moves: 1e-4 to 1e-2 of the mean loss is usual.",
    exceptions="Data without any relation to the labels, for which zero weights are the best.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("n_classes, reg=0.01, seed=0", "n_classes, reg=0.9, seed=0"),),
        symptom=Symptom(run="net.fit(X, y)", holds="np.ptp(net.forward(X), axis=0).max() < 0.01"),
        wired=replace(SOFTMAX_ROWS.wiring, setup=SOFTMAX_ROWS.wiring.setup.replace(", reg=0.05", "")),
    ),
)
