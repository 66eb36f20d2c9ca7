"""Training and test data are scaled by different numbers."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC705",
    name="scaled-apart",
    family=Family.DATA,
    number=108,
    title="training and test data are scaled by different numbers",
    what=(
        "The test set is standardised with its own mean and deviation, or not at all. The same flat "
        "is another point for the network in each set."
    ),
    algebra=(
        "training   x' = (x - m_train) / s_train\n"
        "test       should be (x - m_train) / s_train\n"
        "           computed  (x - m_test) / s_test"
    ),
    shows=(
        "The test error exceeds the training error by more than overfitting explains, and depends on "
        "which samples are tested together. A single sample has deviation zero."
    ),
    fix="Keep the scaler of the training set and apply it everywhere.",
    exceptions="Adapting to a new domain by its own statistics, on purpose.",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        inject=(
            Change(
                "net.loss(scaler.transform(X[test]), y[test])",
                "net.loss(Scaler(X[test]).transform(X[test]), y[test])",
            ),
        ),
        symptom=Symptom(run="train_error, test_error = experiment(n=20, seed=1)", holds="test_error > 0.1"),
    ),
)
