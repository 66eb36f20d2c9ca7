"""The delta is multiplied by the loss or the error once more."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC112",
    name="loss-times-delta",
    family=Family.OUTPUT_DELTA,
    title="the delta is multiplied by the loss or the error once more",
    what=(
        "The value of the loss, or the mean error of the batch, is multiplied into the delta, as if "
        "it were the factor of the outermost function. The derivative of the loss by itself is 1."
    ),
    algebra=(
        "the chain rule starts with ∂L/∂L = 1:\n"
        "  should be   δ = ∂L/∂z\n"
        "  computed    δ = L · ∂L/∂z     the gradient of ½ L²"
    ),
    shows=(
        "All parameters have one common ratio to the numerical gradient, which is another for other "
        "data and other weights. Steps die out as the loss falls."
    ),
    fix="Remove the factor: the loss is reported, not propagated.",
    exceptions="A loss that is squared or weighted by its own value on purpose.",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        inject=(
            Change(
                "delta3 = (prediction - y)[:, np.newaxis] / len(y)",
                "delta3 = self.loss(X, y) * (prediction - y)[:, np.newaxis] / len(y)",
            ),
        ),
        spoils=("W1", "b1", "W2", "b2", "W3", "b3"),
    ),
)
