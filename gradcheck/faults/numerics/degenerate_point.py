"""The check runs where the data's gradient is too small to be seen."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC508",
    name="degenerate-check-point",
    family=Family.STABILITY,
    severity=Severity.NOTE,
    number=124,
    title="the check runs where the data's gradient is too small to be seen",
    what=(
        "A trained network, zero weights or a heavy penalty leave the data's part of the gradient "
        "tiny beside the rest. A check of the whole passes with a fault in that part."
    ),
    algebra=(
        "g = data part + 2λ W,    ‖data part‖ ≪ ‖2λ W‖\n"
        "relative error of g  ≈  error of the data part / ‖2λ W‖"
    ),
    shows=(
        "The gradient is nearly proportional to W, or nearly zero. A check passes at 1e-2 although "
        "the data's part is wrong altogether."
    ),
    fix=("Check with λ = 0 and with random weights, before training; then once more with the penalty."),
    exceptions="A check of the penalty's gradient on purpose.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("n_classes, reg=0.01, seed=0", "n_classes, reg=30.0, seed=0"),),
        symptom=Symptom(
            run='g, decay = net.backward(X, y)["W1"], 2 * net.reg * net.W1',
            holds="np.linalg.norm(g - decay) < 1e-2 * np.linalg.norm(g)",
        ),
        wired=replace(
            SOFTMAX_ROWS.wiring, setup=SOFTMAX_ROWS.wiring.setup.replace(", reg=0.05", ""), train=""
        ),
    ),
)
