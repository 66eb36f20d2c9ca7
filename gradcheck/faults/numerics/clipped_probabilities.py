"""Clipping the probability switches the gradient of the loss off."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC504",
    name="clipped-probabilities",
    family=Family.STABILITY,
    number=19,
    title="clipping the probability switches the gradient of the loss off",
    what=(
        "The loss clips p from below before the logarithm. Where it clips, the loss is constant; the "
        "gradient p - y belongs to the unclipped loss."
    ),
    algebra=("L = -log max(p_y, ε)\np_y < ε:   ∂L/∂z = 0       and the code computes p - y"),
    shows=(
        "The gradient agrees until a sample is confidently wrong; from there on the numerical "
        "gradient of that sample is zero. A loss that follows the clipping stops learning from its "
        "worst mistakes."
    ),
    fix="Take the logarithm from the logits, which needs no clipping.",
    exceptions="An ε so small that it is never met, 1e-300 for instance.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "data_loss = -np.sum(np.log(p[np.arange(n), y])) / n",
                "data_loss = -np.sum(np.log(np.maximum(p[np.arange(n), y], 1e-3))) / n",
            ),
        ),
        spoils=("W1", "b1", "W2", "b2"),
        wired=replace(SOFTMAX_ROWS.wiring, setup=SOFTMAX_ROWS.wiring.setup + "; net.W2 *= -20"),
    ),
)
