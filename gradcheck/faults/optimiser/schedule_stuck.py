"""The learning rate's schedule never advances."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC828",
    name="schedule-stuck",
    family=Family.OPTIMIZER,
    severity=Severity.WARNING,
    number=96,
    title="the learning rate's schedule never advances",
    what=(
        "The schedule is asked with a counter that does not move, or its answer is not stored. The "
        "rate stays what it was at the first step."
    ),
    algebra=("should be   η_t = η_0 · 0.5^(t // 50)\ncomputed    η_0 · 0.5^(0 // 50) = η_0     for every t"),
    shows=(
        "The ratio of update to gradient is the same in every epoch. The loss goes on swinging late "
        "in training where it should settle."
    ),
    fix="Pass the epoch or step that is running, and use what comes back.",
    exceptions="A constant rate on purpose.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(Change("optimiser.lr = schedule(lr, epoch)", "optimiser.lr = schedule(lr, 0)"),),
        symptom=Symptom(
            run="history = train(net, optimiser, x, y)", holds='len({row["lr"] for row in history}) == 1'
        ),
    ),
)
