"""Clipping cuts single entries and turns the gradient."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC827",
    name="elementwise-clipping",
    family=Family.OPTIMIZER,
    severity=Severity.WARNING,
    number=94,
    title="clipping cuts single entries and turns the gradient",
    what=(
        "Each entry is limited by itself where the length of the whole gradient was meant. Large "
        "entries are cut and small ones are not: the direction changes."
    ),
    algebra=(
        "by norm     g · min(1, c / ‖g‖)           direction kept\n"
        "by entry    max(-c, min(c, g_j))           cos(step, g) < 1"
    ),
    shows=(
        "The step is not parallel to the gradient when clipping acts; layers with large gradients "
        "lose weight against the others."
    ),
    fix="Scale all parameters' gradients by one factor, from their common norm.",
    exceptions="Clipping by value is a method too, with a limit per entry chosen for it.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(
            Change(
                "return {name: g * factor for name, g in grads.items()}",
                "return {name: np.clip(g, -limit, limit) for name, g in grads.items()}",
            ),
        ),
        symptom=Symptom(
            run='short = clip({"w": np.array([10.0, 1.0])}, 1.0)["w"]',
            holds="not np.isclose(short[0], 10 * short[1])",
        ),
    ),
)
