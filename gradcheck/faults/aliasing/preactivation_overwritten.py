"""The activation overwrites the values before it."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC403",
    name="preactivation-overwritten",
    family=Family.ALIASING,
    number=113,
    title="the activation overwrites the values before it",
    what=(
        "The activation works in place (out=z, z[z < 0] = 0), so z and h are one array. A derivative "
        "that needs z is then given h."
    ),
    algebra=(
        "h = np.tanh(z, out=z)        h is z\n"
        "should be   act'(z) = 1 - tanh²(z)\n"
        "computed    act'(z) = 1 - tanh²(h)"
    ),
    shows=(
        "The two stored arrays share memory. This layer and all below are wrong, as if the derivative "
        "were taken at h; ReLU hides it, since h > 0 exactly where z > 0."
    ),
    fix="Let the activation make a new array, or use the derivative that takes h.",
    exceptions="In-place activations whose derivative is written for h.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        prepare=(
            Change('dZ2 = dA2 * (1 - cache["A2"] ** 2)', 'dZ2 = dA2 * (1 - np.tanh(cache["Z2"]) ** 2)'),
        ),
        inject=(
            Change(
                'cache["A2"] = np.tanh(cache["Z2"])', 'cache["A2"] = np.tanh(cache["Z2"], out=cache["Z2"])'
            ),
        ),
        spoils=("W1", "b1", "W2", "b2"),
        symptom=Symptom(
            run="A3, cache = forward_propagation(X, p)", holds='np.shares_memory(cache["Z2"], cache["A2"])'
        ),
    ),
)
