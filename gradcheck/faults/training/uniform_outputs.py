"""After training every output is 1/K, whatever the input."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Kind

FAULT = Fault(
    code="GC601",
    name="uniform-outputs",
    family=Family.ARCHITECTURE,
    kind=Kind.SYMPTOM,
    title="after training every output is 1/K, whatever the input",
    what=("The network gives each class the same probability for every sample, and its loss stands at ln K."),
    algebra=(
        "p_k = 1/K for all k   =>   L = -ln(1/K) = ln K   (1.0986 for K = 3)\n"
        "It needs equal logits: drifting together, zero, or starved of input."
    ),
    shows=(
        "The spread of the outputs over classes and over samples goes to zero. Five causes are told "
        "apart by the logits: a gradient that ignores labels (a common drift), a zero start (exactly "
        "zero), a dead layer (constant), parameters that never move, a penalty too strong (weights "
        "near zero)."
    ),
    fix="Repair the cause that was measured; the outputs follow.",
    exceptions="Classes that cannot be told apart by these inputs: then 1/K is the best answer.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("        delta2[np.arange(n), y] -= 1\n        delta2 /= n", "        delta2 /= n"),),
        spoils=("W1", "b1", "W2", "b2"),
        symptom=Symptom(run="net.fit(X, y, epochs=300)", holds="np.ptp(net.forward(X)) < 0.05"),
    ),
)
