"""The learning rate is too low."""

from dataclasses import replace

from gradcheck.faults.bases import OPTIMISERS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC808",
    name="learning-rate-too-low",
    family=Family.UPDATE,
    severity=Severity.WARNING,
    title="the learning rate is too low",
    what="Steps are so short that the run ends before anything has changed.",
    algebra=(
        "L(W - η g) ≈ L - η ‖g‖²          T steps lower it by about T η ‖g‖²\n"
        "‖η g‖ / ‖W‖ ≪ 1e-4               the weights hardly move"
    ),
    shows=(
        "The gradient is right and not small, the loss falls steadily and by almost nothing; ten "
        "times the rate makes it fall ten times as fast."
    ),
    fix="Multiply the rate by 10 until the loss falls visibly, and by no more.",
    exceptions="Fine-tuning, where small steps are meant.",
    specimen=Specimen(
        base=OPTIMISERS,
        inject=(Change("def __init__(self, lr=0.01, beta1=0.9", "def __init__(self, lr=1e-6, beta1=0.9"),),
        symptom=Symptom(
            run="history = train(net, optimiser, x, y)",
            holds='history[-1]["loss"] > 0.99 * history[0]["loss"]',
        ),
        wired=replace(OPTIMISERS.wiring, setup=OPTIMISERS.wiring.setup.replace("Adam(lr=0.05)", "Adam()")),
    ),
)
