"""Samples come class by class."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC703",
    name="sorted-classes",
    family=Family.DATA,
    severity=Severity.WARNING,
    number=106,
    title="samples come class by class",
    what=(
        "The data is sorted by label and batches are taken in order. Each batch shows one class, and "
        "the network unlearns the others meanwhile."
    ),
    algebra=(
        "g(batch) = ∂/∂W of the loss of one class     biased, E[g(batch)] ≠ g\n"
        "K batches later the first class has been unlearned"
    ),
    shows=(
        "The loss swings with the period of an epoch; after an epoch predictions favour the last "
        "class. With shuffling the same run falls smoothly."
    ),
    fix="Draw a new permutation in every epoch.",
    exceptions="Full batches, where order does not matter; curricula on purpose.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("order = rng.permutation(len(y))", "order = np.argsort(y)"),),
        symptom=Symptom(run="net.fit(X, y, epochs=20, lr=1.0, batch=4)", holds="net.accuracy(X, y) < 0.8"),
        wired=replace(
            SOFTMAX_ROWS.wiring, setup=SOFTMAX_ROWS.wiring.setup.replace("make_data(12", "make_data(48")
        ),
    ),
)
