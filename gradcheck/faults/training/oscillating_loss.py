"""The loss goes up and down from step to step."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Kind, Severity

FAULT = Fault(
    code="GC608",
    name="oscillating-loss",
    family=Family.ARCHITECTURE,
    kind=Kind.SYMPTOM,
    severity=Severity.WARNING,
    title="the loss goes up and down from step to step",
    what=(
        "Steps overshoot the valley and land on the other slope, or each batch undoes what the one "
        "before it did."
    ),
    algebra=(
        "for a valley of curvature c, a step of rate η multiplies the distance by\n"
        "  1 - η c         below 0 for η > 1/c (it swings), below -1 for η > 2/c"
    ),
    shows=(
        "In a large share of the steps the loss of the whole data set rises. With a tenth of the rate "
        "the same run falls smoothly."
    ),
    fix=("Lower the rate, enlarge or shuffle the batches, scale the inputs so that curvatures are alike."),
    exceptions=(
        "The loss of single batches is noisy by nature; look at the whole data set, or at a running mean."
    ),
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        inject=(Change("epochs=300, lr=0.2", "epochs=300, lr=2.0"),),
        symptom=Symptom(
            run="history = net.fit(X, y, epochs=60)", holds="np.mean(np.diff(history) > 0) > 0.25"
        ),
    ),
)
