"""A parameter is an integer array and cannot take small steps."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC523",
    name="integer-parameters",
    family=Family.DTYPE_SHAPE,
    number=85,
    title="a parameter is an integer array and cannot take small steps",
    what=(
        "The parameter starts as whole numbers, np.array([0, 1]) or rng.integers, and updates are "
        "written into it. Each written value is cut to a whole number."
    ),
    algebra=(
        "W[:] = W - lr * grad      stored as trunc(W - lr * grad)\n"
        "|lr * grad| < 1           W stays, or jumps to the next number nearer 0"
    ),
    shows=(
        "The array's dtype is an integer one and its values stay whole. W -= lr * grad raises a "
        "casting error; W[:] = ... is silent."
    ),
    fix="Start from floats: np.array([0.0, 1.0]), or .astype(float).",
    exceptions="An update that rebinds, W = W - lr * grad, makes a float array at the first step.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        prepare=(Change('self.W1 -= lr * grads["W1"]', 'self.W1[:] = self.W1 - lr * grads["W1"]'),),
        inject=(
            Change(
                "self.W1 = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hidden))",
                "self.W1 = rng.integers(-1, 2, (n_in, n_hidden))",
            ),
        ),
        symptom=Symptom(run="net.fit(X, y, epochs=3)", holds="np.array_equal(net.W1, np.trunc(net.W1))"),
    ),
)
