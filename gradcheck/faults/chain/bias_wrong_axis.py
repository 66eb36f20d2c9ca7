"""A bias gradient is summed over the units instead of the samples."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC264",
    name="bias-wrong-axis",
    family=Family.BIAS_GRAD,
    number=65,
    title="a bias gradient is summed over the units instead of the samples",
    what=(
        "The sum runs along the other axis. It has as many entries as the batch has samples, and fits "
        "where that is the number of units."
    ),
    algebra=(
        "third equation, the gradient of the biases:\n"
        "  should be   ∂L/∂b_k = Σ_i δ_ik      one number per unit\n"
        "  computed    Σ_k δ_ik                one number per sample"
    ),
    shows=(
        "With as many samples as units the entries are wrong and only the bias is; otherwise the "
        "update raises an error or broadcasts."
    ),
    fix=(
        "axis=0 for samples in rows, axis=1 for samples in columns. Check with a batch size unlike "
        "every width."
    ),
    exceptions="Samples in columns, where axis=1 is the axis of the samples.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("db1 = delta1.sum(axis=0)", "db1 = delta1.sum(axis=1)"),),
        spoils=("b1",),
        wired=replace(
            SOFTMAX_ROWS.wiring, setup=SOFTMAX_ROWS.wiring.setup.replace("make_data(12", "make_data(5")
        ),
    ),
)
