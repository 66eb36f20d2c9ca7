"""The optimiser does not know one of the parameters."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC805",
    name="unregistered-parameter",
    family=Family.UPDATE,
    number=95,
    title="the optimiser does not know one of the parameters",
    what=(
        "The list of parameters leaves out a layer: added later, kept outside of the list, named "
        "otherwise. It takes part in the forward pass and is never updated."
    ),
    algebra=("θ = {W_1, b_1, ..., W_L, b_L}\nupdate over a part of θ:    ∂L/∂W_L ≠ 0, yet W_L stays"),
    shows=(
        "The gradient is right and not zero; after training this parameter is equal bit for bit to "
        "its start while others have moved."
    ),
    fix="Build the list from what the forward pass uses; assert that all move.",
    exceptions="Layers frozen on purpose.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(
            Change("p for i, layer in enumerate(self.layers)", "p for i, layer in enumerate(self.body)"),
        ),
        symptom=Symptom(
            run=('start = net.head.params["W"].copy()\ntrain(net, optimiser, x, y)'),
            holds='np.array_equal(start, net.head.params["W"])',
        ),
    ),
)
