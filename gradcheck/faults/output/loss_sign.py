"""The loss has the wrong sign."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC124",
    name="loss-sign",
    family=Family.LOSS,
    number=17,
    title="the loss has the wrong sign",
    what=(
        "The minus of the log-likelihood is missing. The number reported as a loss is largest where "
        "the network is best."
    ),
    algebra=(
        "should be   L = -1/N Σ_i log p_i     never below 0\n"
        "computed    L =  1/N Σ_i log p_i     never above 0"
    ),
    shows=(
        "The cross-entropy is negative. If the gradient is that of the right loss, it is -1 times the "
        "numerical one, and the reported loss rises while accuracy improves; if it follows the wrong "
        "sign, the loss runs to minus infinity."
    ),
    fix="Negate the loss, and check the sign of its delta.",
    exceptions="A log-likelihood reported under its own name and ascended.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "data_loss = -np.sum(np.log(p[np.arange(n), y])) / n",
                "data_loss = np.sum(np.log(p[np.arange(n), y])) / n",
            ),
        ),
        spoils=("W1", "b1", "W2", "b2"),
    ),
)
