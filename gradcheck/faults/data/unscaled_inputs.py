"""Inputs are used on their raw scale."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC701",
    name="unscaled-inputs",
    family=Family.DATA,
    number=103,
    title="inputs are used on their raw scale",
    what=(
        "Features in square metres, years or grey values from 0 to 255 go straight into the first "
        "layer. The weighted sums are in the hundreds."
    ),
    algebra=(
        "z = Σ_j x_j W_j,   |x_j| ~ 1000   =>   |z| ≫ 1\n"
        "tanh(z) = ±1,  act'(z) ≈ 0,  fourth equation: ∂L/∂W_j ∝ x_j"
    ),
    shows=(
        "Hidden units of the first layer are saturated for nearly every sample before training, or "
        "the loss overflows with ReLU. Dividing the inputs by their deviation makes the same network "
        "learn."
    ),
    fix=(
        "Subtract the mean and divide by the deviation of the training set, feature by feature; "
        "divide grey values by 255."
    ),
    exceptions="Features that are of order one already; trees and other models that do not care.",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        inject=(Change("return (X - self.mean) / self.std", "return X"),),
        symptom=Symptom(run="net.forward(X)", holds="np.mean(np.abs(net.h1) > 0.99) > 0.7"),
    ),
)
