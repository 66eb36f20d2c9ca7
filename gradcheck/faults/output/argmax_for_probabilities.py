"""The delta compares decisions with labels, not probabilities."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC107",
    name="argmax-for-probabilities",
    family=Family.OUTPUT_DELTA,
    number=31,
    title="the delta compares decisions with labels, not probabilities",
    what=(
        "The predicted class, by argmax or by a threshold, stands where the probability belongs. "
        "Argmax is constant almost everywhere: it has no gradient."
    ),
    algebra=(
        "first equation, the delta of the output:\n"
        "  should be   δ = (p - onehot(y)) / N\n"
        "  computed    δ = (onehot(argmax p) - onehot(y)) / N"
    ),
    shows=(
        "N δ holds only -1, 0 and 1, and whole rows are zero where the decision is right. Training "
        "stops as soon as every sample of the batch is on the right side."
    ),
    fix="Use the probabilities. Take the argmax only to report an accuracy.",
    exceptions="The perceptron rule, which is this delta on purpose and minimises another loss.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("delta2 = p.copy()", "delta2 = np.eye(p.shape[1])[p.argmax(axis=1)]"),),
        spoils=("W1", "b1", "W2", "b2"),
    ),
)
