"""The delta of the output has the wrong sign."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC102",
    name="output-delta-sign",
    family=Family.OUTPUT_DELTA,
    number=23,
    title="the delta of the output has the wrong sign",
    what=(
        "The difference is taken the wrong way round, label minus output, and the update subtracts "
        "the gradient all the same. Each step climbs the loss."
    ),
    algebra=(
        "first equation, the delta of the output:\n"
        "  should be   δ =  (p - y) / N\n"
        "  computed    δ = -(p - y) / N\n"
        "Every later delta and every gradient is linear in it, so all are negated."
    ),
    shows=(
        "The gradient is -1 times the numerical one (cosine -1) in every parameter, the penalty's "
        "part excepted. The loss rises from the first step."
    ),
    fix="Write p - y, or add the gradient in the update; one minus, not two and not none.",
    exceptions="Code that ascends a log-likelihood: y - p is its gradient, and its update adds.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(Change('dZ3 = cache["A3"] - Y', 'dZ3 = Y - cache["A3"]'),),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
