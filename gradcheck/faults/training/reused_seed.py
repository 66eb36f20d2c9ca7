"""Layers are drawn from the same random numbers."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family, Severity

FAULT = Fault(
    code="GC626",
    name="reused-seed",
    family=Family.INITIALIZATION,
    severity=Severity.WARNING,
    number=102,
    title="layers are drawn from the same random numbers",
    what=(
        "Each layer makes a generator from the same seed, and so gets the same numbers. The layers "
        "are correlated where they should be independent."
    ),
    algebra=(
        "W_1 = s_1 (r_1, r_2, r_3, ...),   W_2 = s_2 (r_1, r_2, r_3, ...)\n"
        "E[W_1 W_2] ≠ 0, and variances of products are not products of variances"
    ),
    shows=(
        "The entries of two layers, read in order, have correlation 1. Results do not average out "
        "over seeds as they should."
    ),
    fix="Make one generator and hand it to every layer, or use SeedSequence.spawn.",
    exceptions="Tied layers, which are equal on purpose.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("self.W2 = rng.normal(", "self.W2 = np.random.default_rng(seed).normal("),),
        symptom=Symptom(holds="np.corrcoef(net.W1.ravel()[:15], net.W2.ravel())[0, 1] > 0.999"),
    ),
)
