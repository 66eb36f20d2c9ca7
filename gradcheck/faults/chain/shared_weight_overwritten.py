"""A shared weight keeps the gradient of one of its uses."""

from gradcheck.faults.bases import TIED_EMBEDDING
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC237",
    name="shared-weight-overwritten",
    family=Family.WEIGHT_GRAD,
    number=57,
    title="a shared weight keeps the gradient of one of its uses",
    what=(
        "A matrix is used at two places, tied layers, steps of a recurrent network, values in a "
        "graph, and the gradient of the second use replaces that of the first."
    ),
    algebra=(
        "the chain rule, for W used at places s:\n"
        "  should be   ∂L/∂W = Σ_s ∂L/∂W at s\n"
        "  computed    ∂L/∂W = ∂L/∂W at the last s"
    ),
    shows=(
        "Only this parameter is wrong, and the error is exactly the gradient of the other use. With "
        "one use (one step, no tie) nothing is wrong."
    ),
    fix="Start from zeros once per backward pass and add at each use.",
    exceptions="None; truncated backpropagation leaves out uses on purpose and says so.",
    specimen=Specimen(
        base=TIED_EMBEDDING,
        inject=(
            Change("        np.add.at(dE,", "        dE = np.zeros_like(self.E)\n        np.add.at(dE,"),
        ),
        spoils=("E",),
    ),
)
