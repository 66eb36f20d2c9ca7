"""The loss gives two values for the same parameters."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC507",
    name="nondeterministic-loss",
    family=Family.STABILITY,
    number=112,
    title="the loss gives two values for the same parameters",
    what=(
        "The loss draws random numbers each time it is called: noise, dropout, a random batch. A "
        "difference of two such values is noise divided by a small step."
    ),
    algebra=(
        "f(w + h) - f(w - h)      2h f'(w) + noise\n"
        "-------------------   =  ----------------      noise / h for small h\n"
        "        2h                      2h"
    ),
    shows=(
        "Calling the loss twice gives two numbers. The numerical gradient changes from call to call "
        "and grows as the step shrinks."
    ),
    fix=(
        "Draw outside of the loss and pass in what was drawn, or seed the generator at the start of "
        "each call. Check gradients with noise and dropout off, or with one fixed mask."
    ),
    exceptions="Training may be as random as it likes; the check must see one function.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        self.h1 = np.tanh(self.z1)",
                "        self.h1 = np.tanh(self.z1 + np.random.normal(0, 0.1, self.z1.shape))",
            ),
        ),
        spoils=("W1", "b1", "W2", "b2"),
        symptom=Symptom(holds="net.loss(X, y) != net.loss(X, y)"),
    ),
)
