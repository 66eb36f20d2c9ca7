"""The derivative of the output activation is taken of another array."""

from dataclasses import replace

from gradcheck.faults.bases import SIGMOID_SGD
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC111",
    name="wrong-output-derivative",
    family=Family.OUTPUT_DELTA,
    title="the derivative of the output activation is taken of another array",
    what=(
        "The factor act'(z) is there and is computed from the wrong values: from the error, from the "
        "targets, or with the formula of another activation."
    ),
    algebra=(
        "first equation, the delta of the output, for squared error and a sigmoid:\n"
        "  should be   δ = (a - y) ⊙ a (1 - a)\n"
        "  computed    δ = (a - y) ⊙ e (1 - e)      with e = a - y"
    ),
    shows=(
        "All parameters are wrong, without a constant ratio, and with the wrong sign where the factor "
        "is negative: e (1 - e) is for every output below its target, and right for a target of 0. "
        "With the derivative taken of the output everything agrees."
    ),
    fix="Take the derivative at the output: a (1 - a) for a sigmoid, 1 - a² for tanh.",
    exceptions="A helper that expects z must be given z: that is the same derivative.",
    specimen=Specimen(
        base=SIGMOID_SGD,
        inject=(
            Change(
                "delta = (a - y) * a * (1 - a)", "error = a - y\n        delta = error * error * (1 - error)"
            ),
        ),
        spoils=("weights[0]", "weights[1]", "weights[2]", "biases[0]", "biases[1]", "biases[2]"),
        wired=replace(SIGMOID_SGD.wiring, setup=SIGMOID_SGD.wiring.setup.replace("samples[0]", "samples[1]")),
    ),
)
