"""Parameters are updated one by one with gradients taken in between."""

from gradcheck.faults.bases import RELU_BINARY
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC804",
    name="sequential-update",
    family=Family.UPDATE,
    number=93,
    title="parameters are updated one by one with gradients taken in between",
    what=(
        "The gradient of each parameter is computed after the one before has been changed. The step "
        "is along the gradient of no single point."
    ),
    algebra=(
        "should be   all of  W_j ← W_j - η g_j(W)         g at the old W\n"
        "computed    W_1 ← W_1 - η g_1(W);  W_2 ← W_2 - η g_2(new W_1, W_2); ..."
    ),
    shows=(
        "The gradient check passes, but the step is not -η times the gradient at the start; the "
        "difference grows with the square of η. It costs as many backward passes as there are "
        "parameters."
    ),
    fix="Compute all gradients, then update.",
    exceptions="Coordinate descent and alternating schemes, which do so by design.",
    specimen=Specimen(
        base=RELU_BINARY,
        inject=(
            Change(
                "        dW1, db1, dW2, db2, dW3, db3 = gradients(X, y)\n"
                "        W1 = W1 - lr * dW1\n"
                "        b1 = b1 - lr * db1\n"
                "        W2 = W2 - lr * dW2",
                "        W1 = W1 - lr * gradients(X, y)[0]\n"
                "        b1 = b1 - lr * gradients(X, y)[1]\n"
                "        W2 = W2 - lr * gradients(X, y)[2]\n"
                "        _, _, _, db2, dW3, db3 = gradients(X, y)",
            ),
        ),
        symptom=Symptom(
            run=("start, g = m.W3.copy(), gradients(X, y)\ntrain(X, y, lr=0.5, steps=1)"),
            holds="not np.allclose(m.W3, start - 0.5 * g[4])",
        ),
    ),
)
