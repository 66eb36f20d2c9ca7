"""The learning rate is zero and no parameter moves."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC802",
    name="zero-learning-rate",
    family=Family.UPDATE,
    number=85,
    title="the learning rate is zero and no parameter moves",
    what=(
        "The rate is zero, or becomes zero: an integer division, a rounded value, a schedule that ran "
        "out. Updates subtract zero."
    ),
    algebra=(
        "W ← W - η ∂L/∂W   with η = 0   leaves   W\n"
        "1 // 2 = 0,   int(0.5) = 0,   round(0.05, 1) = 0.1 but round(0.04, 1) = 0.0"
    ),
    shows=(
        "The gradient is right and not zero, and the parameters are equal bit for bit before and "
        "after training. The loss is constant to the last digit."
    ),
    fix="Make the rate a positive float: 0.5, or 1 / 2.",
    exceptions="A layer that is frozen on purpose.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("epochs=50, lr=0.5, batch=16", "epochs=50, lr=1 // 2, batch=16"),),
        symptom=Symptom(run=("start = net.W1.copy()\nnet.fit(X, y)"), holds="np.array_equal(start, net.W1)"),
    ),
)
