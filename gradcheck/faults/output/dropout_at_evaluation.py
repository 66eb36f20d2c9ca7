"""Dropout stays on when the network is evaluated."""

from gradcheck.faults.bases import NORM_DROPOUT
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC151",
    name="dropout-at-evaluation",
    family=Family.FORWARD,
    number=11,
    title="dropout stays on when the network is evaluated",
    what=(
        "The forward pass drops units whatever the mode, or the mode is never switched. Predictions "
        "are drawn with a random part of the network missing."
    ),
    algebra=(
        "training     h' = h ⊙ m / q     m random, kept with probability q\n"
        "evaluation   should be h' = h   computed as in training"
    ),
    shows=(
        "Two evaluations of the same input differ. Validation is worse and noisier than training "
        "without dropout would be."
    ),
    fix="Return the input unchanged outside of training.",
    exceptions="Monte Carlo dropout, where the spread of many such passes is the aim.",
    specimen=Specimen(
        base=NORM_DROPOUT,
        inject=(
            Change(
                "        if not training:\n"
                "            self.mask = np.ones_like(x)\n"
                "            return x\n"
                "        self.mask = (rng",
                "        self.mask = (rng",
            ),
        ),
        symptom=Symptom(holds="not np.allclose(net.forward(X, seed=1), net.forward(X, seed=2))"),
    ),
)
