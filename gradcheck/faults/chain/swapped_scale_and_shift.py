"""The gradients of scale and shift are exchanged."""

from gradcheck.faults.bases import NORM_DROPOUT
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC241",
    name="swapped-scale-and-shift",
    family=Family.WEIGHT_GRAD,
    number=82,
    title="the gradients of scale and shift are exchanged",
    what=(
        "Batch normalisation's two parameters have the same shape, so nothing complains when each is "
        "given the other's gradient."
    ),
    algebra=("for y = γ x_hat + β:\n  ∂L/∂γ = Σ_i ∂L/∂y_i x_hat_i\n  ∂L/∂β = Σ_i ∂L/∂y_i"),
    shows="γ's gradient equals β's numerical one and the other way round; all else agrees.",
    fix="Exchange them, or return them by name instead of by position.",
    exceptions="Code that swaps the two names throughout, forward pass included.",
    specimen=Specimen(
        base=NORM_DROPOUT,
        inject=(
            Change(
                "        self.dgamma = (dy * self.x_hat).sum(axis=0)\n        self.dbeta = dy.sum(axis=0)",
                "        self.dbeta = (dy * self.x_hat).sum(axis=0)\n        self.dgamma = dy.sum(axis=0)",
            ),
        ),
        spoils=("gamma", "beta"),
    ),
)
