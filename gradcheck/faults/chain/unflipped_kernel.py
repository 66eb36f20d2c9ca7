"""The gradient of a kernel is flipped."""

from gradcheck.faults.bases import TINY_CONV
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC238",
    name="unflipped-kernel",
    family=Family.WEIGHT_GRAD,
    number=58,
    title="the gradient of a kernel is flipped",
    what=(
        "The forward pass convolves, which turns the kernel by 180 degrees, and the backward pass "
        "correlates without turning it, or the other way round."
    ),
    algebra=(
        "forward     z[i] = Σ_u x[i - u] k[u]\n"
        "should be   ∂L/∂k[u] = Σ_i δ[i] x[i - u]\n"
        "computed    ∂L/∂k[u] = Σ_i δ[i] x[i + u]      the flipped array"
    ),
    shows=(
        "The kernel's gradient, turned by 180 degrees, agrees with the numerical one; all other "
        "parameters agree. Symmetric kernels hide it."
    ),
    fix="Turn the result: grad[..., ::-1, ::-1].",
    exceptions=(
        "A forward pass that correlates (most networks call that convolution): there nothing is turned."
    ),
    specimen=Specimen(
        base=TINY_CONV,
        inject=(Change("return grad[:, ::-1, ::-1]", "return grad"),),
        spoils=("K",),
    ),
)
