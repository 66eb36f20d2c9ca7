"""All first weights have the same sign."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC625",
    name="one-sided-initialisation",
    family=Family.INITIALIZATION,
    severity=Severity.WARNING,
    number=101,
    title="all first weights have the same sign",
    what=(
        "Weights are drawn from 0 to 1, as rng.random does, instead of around zero. All units weigh "
        "all inputs alike and differ little from each other."
    ),
    algebra=(
        "W uniform on [0, 1]:   mean 1/2, deviation 0.29\n"
        "z = Σ_j x_j W_j ≈ 1/2 Σ_j x_j + noise       one direction dominates"
    ),
    shows=(
        "The mean of the weights is larger than their deviation, units are strongly correlated, and "
        "with inputs of one sign they saturate. Training is slow to start."
    ),
    fix="Centre: rng.normal(0, s), or rng.uniform(-s, s), with s from the width.",
    exceptions="Scales and variances (the γ of a normalisation) start at 1.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "self.W1 = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hidden))",
                "self.W1 = rng.random((n_in, n_hidden))",
            ),
        ),
        symptom=Symptom(holds="net.W1.mean() > net.W1.std()"),
    ),
)
