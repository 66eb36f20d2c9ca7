"""Predictions and labels are compared all with all."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC723",
    name="accuracy-broadcast",
    family=Family.EVALUATION,
    number=121,
    title="predictions and labels are compared all with all",
    what=(
        "Predictions are a column (N, 1) and labels flat (N,), or the other way round. == gives an N "
        "by N table, and its mean is taken for an accuracy."
    ),
    algebra=(
        "mean over i, j of [pred_i = y_j]  =  Σ_k share(pred = k) share(y = k)\n"
        "depends on class shares only, not on who was right"
    ),
    shows=(
        "The accuracy stays as it is when labels are permuted, is near the chance level for any "
        "network, and is no multiple of 1/N."
    ),
    fix="Flatten both, and assert equal shapes before comparing.",
    exceptions="A table of all pairs on purpose, such as a search for neighbours.",
    specimen=Specimen(
        base=RELU_BINARY,
        inject=(Change("return np.mean(predict(X) == y)", "return np.mean(predict(X) == y.ravel())"),),
        symptom=Symptom(run="train(X, y)", holds="np.isclose(accuracy(X, y), accuracy(X, np.roll(y, 1)))"),
    ),
)
