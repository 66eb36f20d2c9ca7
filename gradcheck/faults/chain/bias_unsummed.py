"""The gradient of a bias still holds one entry per sample."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC265",
    name="bias-unsummed",
    family=Family.BIAS_GRAD,
    number=66,
    title="the gradient of a bias still holds one entry per sample",
    what=(
        "The delta is stored as the gradient of the bias without the sum over the samples. Its shape "
        "has an axis too many or too long. Broadcasting hides it, and the update turns the bias into "
        "a matrix."
    ),
    algebra=(
        "third equation, the gradient of the biases:\n"
        "  should be   ∂L/∂b = Σ_i δ_i     shape of b\n"
        "  computed    δ                   shape (N, units)"
    ),
    shows=(
        "The gradient's shape is not the parameter's. After one update each sample has a bias of its "
        "own: the training loss falls, and another batch size raises an error."
    ),
    fix="Sum over the axis of the samples, keepdims=True where the bias keeps that axis.",
    exceptions="One sample at a time: then the delta is the gradient.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(Change('grads["b1"] = np.sum(dZ1, axis=1, keepdims=True) / m', 'grads["b1"] = dZ1 / m'),),
        spoils=("b1",),
        symptom=Symptom(
            run=(
                "A3, cache = forward_propagation(X, p)\n"
                "p = update_parameters(p, backward_propagation(Y, p, cache, 0.3), 0.1)"
            ),
            holds='p["b1"].shape != (5, 1)',
        ),
    ),
)
