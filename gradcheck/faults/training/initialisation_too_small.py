"""The first weights are too small."""

from gradcheck.faults.bases import SOFTMAX_COLUMNS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC624",
    name="initialisation-too-small",
    family=Family.INITIALIZATION,
    severity=Severity.WARNING,
    number=100,
    title="the first weights are too small",
    what=(
        "Weights are drawn with a tiny deviation, 0.01 or less, whatever the width. Each layer "
        "shrinks what it is given, and the delta on its way back."
    ),
    algebra=(
        "Var(z) = n_in Var(W) Var(h)           with Var(W) = 1e-4\n"
        "std(h_l) ≈ std(h_{l-1}) sqrt(n_in) 0.01\n"
        "second equation: δ shrinks by the same factor"
    ),
    shows=(
        "The deviation of the activations decays from layer to layer; outputs hardly depend on the "
        "input, the first loss is ln K to many digits and stays on a plateau."
    ),
    fix="Scale by sqrt(1/n_in) for tanh and sigmoid, sqrt(2/n_in) for ReLU.",
    exceptions="The last layer may start small: it makes the first outputs neutral.",
    specimen=Specimen(
        base=SOFTMAX_COLUMNS,
        inject=(
            Change(
                "rng.standard_normal((sizes[l], sizes[l - 1])) / np.sqrt(sizes[l - 1])",
                "0.01 * rng.standard_normal((sizes[l], sizes[l - 1]))",
            ),
        ),
        symptom=Symptom(
            run=(
                'p = {name: w * ("W" in name) for name, w in p.items()}\n'
                "A3, cache = forward_propagation(X, p)"
            ),
            holds='cache["A2"].std() < 0.1 * cache["A1"].std()',
        ),
    ),
)
