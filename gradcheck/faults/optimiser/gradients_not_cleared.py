"""Gradients of earlier steps are never cleared."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC803",
    name="gradients-not-cleared",
    family=Family.UPDATE,
    number=86,
    title="gradients of earlier steps are never cleared",
    what=(
        "The backward pass adds into its buffers, and nothing sets them to zero between steps. Each "
        "update follows the sum of all gradients so far."
    ),
    algebra=("step t uses   G_t = Σ_{s ≤ t} g_s     instead of   g_t\nmomentum with μ = 1: it never forgets"),
    shows=(
        "A second backward pass gives twice the gradient. The first step is right; later ones "
        "overshoot, and the loss swings ever wider."
    ),
    fix=(
        "Set the buffers to zero before each backward pass, or assign instead of adding where nothing "
        "is shared."
    ),
    exceptions="Accumulating several small batches into one step on purpose.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(
            Change(
                "        self.zero_grads()\n        delta = (self.forward(x) - y) / len(x)",
                "        delta = (self.forward(x) - y) / len(x)",
            ),
        ),
        symptom=Symptom(
            run=('once = net.backward(x, y)["0.W"].copy()\ntwice = net.backward(x, y)["0.W"]'),
            holds="np.allclose(twice, 2 * once)",
        ),
    ),
)
