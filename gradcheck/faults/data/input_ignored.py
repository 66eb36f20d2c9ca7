"""The network never sees its input."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC707",
    name="input-ignored",
    family=Family.DATA,
    number=105,
    title="the network never sees its input",
    what=(
        "What reaches the first layer is the same for every sample: zeros after a cast to integers, a "
        "single sample minus its own mean, another variable."
    ),
    algebra=(
        "x' = trunc(x) = 0 for |x| < 1       x - mean(x) = 0 for one sample\n"
        "=>  z = b, the same for every sample;  ∂L/∂W_1 = x'ᵀ δ = 0"
    ),
    shows=(
        "Replacing the inputs by zeros leaves the loss as it is, outputs are equal for all samples, "
        "the first weights have gradient zero. The network learns the mean of the targets."
    ),
    fix="Look at the array that the first layer multiplies, not at the one that was loaded.",
    exceptions="A network that is to learn a constant.",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        prepare=(Change("return (X - self.mean) / self.std", "return (X - self.mean) / (4 * self.std)"),),
        inject=(
            Change(
                "return (X - self.mean) / (4 * self.std)",
                "return ((X - self.mean) / (4 * self.std)).astype(int)",
            ),
        ),
        symptom=Symptom(holds="net.loss(X, y) == net.loss(0 * X, y)"),
    ),
)
