"""The outputs are not normalised to probabilities."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC147",
    name="missing-softmax",
    family=Family.FORWARD,
    number=7,
    title="the outputs are not normalised to probabilities",
    what=(
        "The cross-entropy takes outputs that were never divided by their sum: raw scores, or "
        "exponentials alone. It can be lowered by making every output larger."
    ),
    algebra=(
        "should be   p_k = exp(z_k) / Σ_j exp(z_j),   Σ_k p_k = 1\n"
        "computed    p_k = exp(z_k)        -log p_y = -z_y, without a lower bound"
    ),
    shows=(
        "Rows of the output do not sum to 1, the loss turns negative or nan, and p - y is not its gradient."
    ),
    fix="Divide by the sum over the classes, after subtracting the row's maximum.",
    exceptions="Unnormalised scores used to rank only; a loss that normalises inside.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("    return e / e.sum(axis=1, keepdims=True)", "    return e"),),
        spoils=("W1", "b1", "W2", "b2"),
        symptom=Symptom(holds="not np.allclose(net.forward(X).sum(axis=1), 1)"),
    ),
)
