"""The gradient's norm is logged after it was cleared."""

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC725",
    name="norm-after-clear",
    family=Family.EVALUATION,
    severity=Severity.WARNING,
    number=123,
    title="the gradient's norm is logged after it was cleared",
    what=(
        "The log line stands after zero_grads, and the arrays it reads are the cleared ones. The "
        "curve is zero from end to end."
    ),
    algebra="g ← backward;  step(g);  g[...] = 0;  log ‖g‖ = 0",
    shows=(
        "The logged norm is exactly zero in every step although the parameters move. Clipping that "
        "reads it never acts."
    ),
    fix="Measure right after the backward pass, before the step and the clearing.",
    exceptions="A log of the step or of the velocity, which clearing does not touch.",
    specimen=Specimen(
        base=OPTIMISERS,
        prepare=(
            Change(
                "        optimiser.step(net.params(), clip(grads, limit))",
                "        optimiser.step(net.params(), clip(grads, limit))\n        net.zero_grads()",
            ),
        ),
        inject=(
            Change(
                "        norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))\n"
                "        optimiser.step(net.params(), clip(grads, limit))\n"
                "        net.zero_grads()",
                "        optimiser.step(net.params(), clip(grads, limit))\n"
                "        net.zero_grads()\n"
                "        norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))",
            ),
        ),
        symptom=Symptom(
            run="history = train(net, optimiser, x, y, epochs=3)",
            holds='all(row["norm"] == 0 for row in history)',
        ),
    ),
)
