"""Kept units are not scaled up, so training and evaluation differ."""

from gradcheck.faults.bases import NORM_DROPOUT
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC152",
    name="dropout-unscaled",
    family=Family.FORWARD,
    number=12,
    title="kept units are not scaled up, so training and evaluation differ",
    what=(
        "In training a share of the units is zeroed and the rest left as it is; in evaluation all "
        "units are there. The next layer meets larger sums than it was trained on. Dividing by the "
        "wrong share does the same."
    ),
    algebra=(
        "E[m] = q for a mask that keeps with probability q\n"
        "should be   training h ⊙ m / q, evaluation h       equal in the mean\n"
        "computed    training h ⊙ m,     evaluation h       differ by the factor q"
    ),
    shows=(
        "The gradient check passes. The mean of the layer's output in training is q times that of "
        "evaluation; validation is worse than training, more with less kept."
    ),
    fix="Divide by q in training, or multiply by q in evaluation; once.",
    exceptions="Code that multiplies by q in evaluation, the older form of dropout.",
    specimen=Specimen(
        base=NORM_DROPOUT,
        inject=(
            Change(
                "self.mask = (rng.random(x.shape) < self.keep) / self.keep",
                "self.mask = (rng.random(x.shape) < self.keep) * 1.0",
            ),
        ),
        symptom=Symptom(
            run=(
                "ones, rng = np.ones((500, 6)), np.random.default_rng(0)\n"
                "ratio = net.dropout.forward(ones, True, rng).mean()"
            ),
            holds="abs(ratio - net.dropout.forward(ones, False, rng).mean()) > 0.1",
        ),
    ),
)
