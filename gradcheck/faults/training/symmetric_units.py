"""All units of a hidden layer compute the same."""

from gradcheck.faults.bases import SIGMOID_SGD
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Kind

FAULT = Fault(
    code="GC606",
    name="symmetric-units",
    family=Family.ARCHITECTURE,
    kind=Kind.SYMPTOM,
    title="all units of a hidden layer compute the same",
    what=(
        "The units started equal, received equal gradients and stayed equal. The layer is one unit, "
        "however many it has."
    ),
    algebra=(
        "if all columns of W_1, and all rows of W_2, are equal:\n"
        "  second equation:  δ_1 = (δ_2 W_2ᵀ) ⊙ act'(z_1)    has equal columns\n"
        "  fourth equation:  ∂L/∂W_1 = xᵀ δ_1                 has equal columns"
    ),
    shows=(
        "The activations of the layer are copies of one another after any training; the correlation "
        "of every two units is 1. The network fits no more than one unit could."
    ),
    fix="Draw the weights at random, which tells the units apart.",
    exceptions="Weights shared on purpose.",
    specimen=Specimen(
        base=SIGMOID_SGD,
        inject=(
            Change("rng.standard_normal((n, m))", "np.zeros((n, m))"),
            Change("rng.standard_normal((n, 1))", "np.zeros((n, 1))"),
        ),
        symptom=Symptom(run="net.train(samples, 5, 1.0)", holds="np.ptp(net.weights[0], axis=0).max() == 0"),
    ),
)
