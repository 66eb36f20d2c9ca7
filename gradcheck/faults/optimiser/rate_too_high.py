"""The learning rate is too high."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC807",
    name="learning-rate-too-high",
    family=Family.UPDATE,
    title="the learning rate is too high",
    what=(
        "Steps are longer than the region in which the gradient describes the loss. The loss rises, "
        "swings or overflows, though the gradient is right."
    ),
    algebra=(
        "for curvature c along the gradient:\n"
        "  L(W - η g) ≈ L - η ‖g‖² + ½ η² c ‖g‖²      falls only for η < 2 / c"
    ),
    shows=(
        "The loss rises within the first steps, and falls with a tenth of the rate. The update is "
        "more than a tenth of the weights it changes (usual: a thousandth)."
    ),
    fix=("Divide the rate by 10 until the loss falls steadily, then by 2 for safety; scale the inputs."),
    exceptions="Warm-up and cyclic schedules exceed the bound for a while on purpose.",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        inject=(Change("epochs=300, lr=0.2", "epochs=300, lr=20.0"),),
        symptom=Symptom(run="history = net.fit(X, y)", holds="not history[-1] < history[0]"),
    ),
)
