"""The updated value is stored elsewhere and the old one kept."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC809",
    name="update-discarded",
    family=Family.UPDATE,
    title="the updated value is stored elsewhere and the old one kept",
    what=(
        "The difference is computed and assigned to the wrong name, to the gradient's for instance, "
        "or returned and not received. The network goes on with its old parameters."
    ),
    algebra=("should be   W ← W - η g\ncomputed    g ← W - η g        W as before"),
    shows=(
        "The gradient is right, the parameters are equal bit for bit after the step, and the loss is "
        "constant."
    ),
    fix="Assign to the parameter, and receive what the update returns.",
    exceptions="A trial step whose result is only looked at.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(
            Change(
                "parameters[name] = parameters[name] - learning_rate * grads[name]",
                "grads[name] = parameters[name] - learning_rate * grads[name]",
            ),
        ),
        symptom=Symptom(
            run=('start = p["W1"].copy()\np, costs = model(X, Y, p, iterations=20)'),
            holds='np.array_equal(start, p["W1"])',
        ),
    ),
)
