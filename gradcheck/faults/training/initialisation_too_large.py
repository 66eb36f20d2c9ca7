"""The first weights are too large."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC623",
    name="initialisation-too-large",
    family=Family.INITIALIZATION,
    number=99,
    title="the first weights are too large",
    what=(
        "Weights are drawn with a deviation of 1 or more for layers with many inputs. Sums of n_in "
        "terms are then sqrt(n_in) times larger."
    ),
    algebra=(
        "Var(z) = n_in Var(W) Var(h)\n"
        "kept for   Var(W) = 1/n_in (tanh, Xavier), 2/n_in (ReLU, He)\n"
        "K classes, no preference:   L = ln K at the start"
    ),
    shows=(
        "The first loss is far above ln K: the network is sure and wrong before it has seen anything. "
        "Hidden units saturate, and the first epochs only undo the start."
    ),
    fix="Scale by sqrt(1/n_in) for tanh and sigmoid, sqrt(2/n_in) for ReLU.",
    exceptions="Networks with normalisation layers are nearly indifferent to the scale.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        self.W2 = rng.normal(0, 1 / np.sqrt(n_hidden), (n_hidden, n_classes))",
                "        self.W2 = 10 * rng.normal(0, 1, (n_hidden, n_classes))",
            ),
        ),
        symptom=Symptom(run="net.reg = 0.0", holds="net.loss(X, y) > 3 * np.log(3)"),
        wired=replace(SOFTMAX_ROWS.wiring, setup=SOFTMAX_ROWS.wiring.setup.replace("seed=2", "seed=3")),
    ),
)
