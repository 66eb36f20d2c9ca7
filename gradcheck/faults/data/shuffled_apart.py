"""Samples are shuffled without their labels."""

from dataclasses import replace

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC702",
    name="shuffled-apart",
    family=Family.DATA,
    number=104,
    title="samples are shuffled without their labels",
    what=(
        "Two calls shuffle samples and labels, or one of the two is shuffled. The pairs are lost, and "
        "the gradient is right for pairs that do not belong together."
    ),
    algebra=(
        "training minimises   1/N Σ_i L(p(x_π(i)), y_i)     π random\n"
        "the best p is the same for all x: the class frequencies"
    ),
    shows=(
        "The gradient check passes, since loss and gradient see the same wrong pairs. Accuracy "
        "settles at the share of the largest class and the loss at the entropy of the labels."
    ),
    fix="Draw one permutation and index both arrays with it.",
    exceptions="Shuffling labels on purpose, as a control.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "self.step(self.backward(X[rows], y[rows]), lr)",
                "self.step(self.backward(X[rows], y[start : start + batch]), lr)",
            ),
        ),
        symptom=Symptom(run="net.fit(X, y)", holds="net.accuracy(X, y) < 0.8"),
        wired=replace(
            SOFTMAX_ROWS.wiring, setup=SOFTMAX_ROWS.wiring.setup.replace("make_data(12", "make_data(48")
        ),
    ),
)
