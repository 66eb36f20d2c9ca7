"""The optimiser is made anew for every step."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC825",
    name="optimiser-state-reset",
    family=Family.OPTIMIZER,
    number=91,
    title="the optimiser is made anew for every step",
    what=(
        "The object is created inside the loop, or its buffers are cleared in each epoch. Averages "
        "and counter start over, so every step is a first step."
    ),
    algebra=(
        "Adam's first step, for any g:   m_hat / sqrt(v_hat) = g / |g| = sign(g)\n"
        "  W ← W - η sign(g)          in every step, however small g is"
    ),
    shows=(
        "The counter stands at 1 or 0 after many steps. Adam moves each weight by exactly η for ever "
        "and circles around the minimum; momentum is plain descent."
    ),
    fix="Create the optimiser once, before the loop.",
    exceptions="Restarts on purpose, now and then.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(
            Change(
                "        optimiser.lr = schedule(lr, epoch)",
                "        optimiser = type(optimiser)(schedule(lr, epoch))",
            ),
        ),
        symptom=Symptom(run="train(net, optimiser, x, y, epochs=5)", holds="optimiser.t == 0"),
    ),
)
