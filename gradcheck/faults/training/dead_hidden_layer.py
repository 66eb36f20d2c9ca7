"""A hidden layer gives zero for every sample."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Kind

FAULT = Fault(
    code="GC602",
    name="dead-hidden-layer",
    family=Family.ARCHITECTURE,
    kind=Kind.SYMPTOM,
    title="a hidden layer gives zero for every sample",
    what=(
        "Every unit of a ReLU layer is below its threshold for all the data. Its output and its "
        "derivative are zero, so nothing reaches the layers below and nothing can wake it."
    ),
    algebra=(
        "z < 0 for all samples   =>   h = max(z, 0) = 0  and  act'(z) = 0\n"
        "δ = (δ_next W_nextᵀ) ⊙ 0 = 0,   ∂L/∂W = hᵀ_prev 0 = 0"
    ),
    shows=(
        "The layer's activations are zero over the whole data set, the gradients of its weights and "
        "of all below are exactly zero, and outputs do not depend on the input."
    ),
    fix=(
        "Remove the cause: large negative biases, a rate that threw the weights across, inputs of one "
        "sign with weights of the other. A leaky ReLU keeps a slope."
    ),
    exceptions="Some dead units in a wide layer do little harm; a layer is dead when all of them are.",
    specimen=Specimen(
        base=RELU_BINARY,
        inject=(Change("b1 = np.full(N_HIDDEN, 0.1)", "b1 = np.full(N_HIDDEN, -10.0)"),),
        symptom=Symptom(run="train(X, y)", holds="np.all(forward(X)[1] == 0)"),
    ),
)
