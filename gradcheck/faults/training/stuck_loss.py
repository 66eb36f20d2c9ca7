"""The loss does not fall."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Kind

FAULT = Fault(
    code="GC607",
    name="stuck-loss",
    family=Family.ARCHITECTURE,
    kind=Kind.SYMPTOM,
    title="the loss does not fall",
    what=("Training runs and the loss stays where it started, far from the best that the data allows."),
    algebra=(
        "L(W - η g) ≈ L(W) - η ‖g‖²      falls by η ‖g‖² per step\n"
        "stuck when g = 0 (dead, saturated, symmetric), when η is too small,\n"
        "when the update is lost, or when g is not the gradient of L"
    ),
    shows=(
        "Less than a thousandth of the loss is gone at the end of the run. For K classes a loss near "
        "ln K means that nothing has been learned from the inputs."
    ),
    fix=(
        "Measure in this order: is the gradient right, is it zero, do the parameters move, how far in "
        "proportion to their size."
    ),
    exceptions="A loss that is at its minimum already.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("epochs=50, lr=0.5, batch=16", "epochs=50, lr=1e-6, batch=16"),),
        symptom=Symptom(run="history = net.fit(X, y)", holds="history[0] - history[-1] < 1e-3 * history[0]"),
    ),
)
