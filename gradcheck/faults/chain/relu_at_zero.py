"""The derivative of ReLU at zero is taken as one."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC213",
    name="relu-at-zero",
    family=Family.HIDDEN_DELTA,
    severity=Severity.NOTE,
    number=48,
    title="the derivative of ReLU at zero is taken as one",
    what=(
        "The mask of the backward pass is z >= 0. ReLU has no derivative at zero: its slopes are 0 on "
        "the left and 1 on the right."
    ),
    algebra=(
        "subgradients of max(z, 0) at z = 0:  every number from 0 to 1\nz > 0 gives 0 there,  z >= 0 gives 1"
    ),
    shows=(
        "Nothing, unless a z is exactly zero: zero weights, zero inputs, padding, units behind a dead "
        "layer. There central differences give 1/2 and agree with neither."
    ),
    fix=("Prefer z > 0: then a unit that put out zero passes no gradient. Move the point before checking."),
    exceptions="Both conventions are valid subgradients; this is a note, not an error.",
    specimen=Specimen(
        base=RELU_BINARY,
        inject=(Change("return (z > 0).astype(float)", "return (z >= 0).astype(float)"),),
        symptom=Symptom(run="slope = relu_derivative(np.zeros(1))", holds="slope[0] == 1"),
    ),
)
