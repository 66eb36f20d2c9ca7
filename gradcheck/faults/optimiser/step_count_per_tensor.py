"""Adam counts a step for every parameter instead of every update."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC824",
    name="step-count-per-tensor",
    family=Family.OPTIMIZER,
    number=90,
    title="Adam counts a step for every parameter instead of every update",
    what=(
        "The counter is raised inside the loop over parameters. Later parameters see a larger t, and "
        "with it another correction."
    ),
    algebra=(
        "should be   t = number of updates, the same for all parameters\n"
        "computed    t = (updates - 1) · P + position       P parameters"
    ),
    shows=(
        "In the first update parameters with equal gradients take unequal steps; in the order of the "
        "list the length falls from 1 to 0.74 η at the second. After many steps the difference is "
        "gone."
    ),
    fix="Raise t once, before the loop.",
    exceptions="A separate optimiser object for each parameter, each with its own t.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(
            Change(
                "        self.t += 1\n        for name, w in params.items():",
                "        for name, w in params.items():\n            self.t += 1",
            ),
        ),
        symptom=Symptom(
            run=(
                'w = {"a": np.zeros(1), "b": np.zeros(1)}\nAdam().step(w, {"a": np.ones(1), "b": np.ones(1)})'
            ),
            holds='not np.isclose(w["a"], w["b"])',
        ),
    ),
)
