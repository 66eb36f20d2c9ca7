"""The gradient of a convolution leaves out the border."""

from gradcheck.faults.bases import TINY_CONV
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC239",
    name="border-ignored",
    family=Family.WEIGHT_GRAD,
    number=59,
    title="the gradient of a convolution leaves out the border",
    what=(
        "The loops or slices of the backward pass run over the inner positions, while the forward "
        "pass pads and runs over all. An offset of the padding does the same."
    ),
    algebra=(
        "forward     z[i] for i = 0 .. H-1, with zeros beyond the border\n"
        "should be   ∂L/∂k[u] = Σ_{i=0}^{H-1} δ[i] x[i + u]\n"
        "computed    ∂L/∂k[u] = Σ_{i=1}^{H-2} δ[i] x[i + u]"
    ),
    shows=(
        "The kernel's gradient is wrong by what the border contributes: deltas that are zero at the "
        "border make it right."
    ),
    fix=(
        "Run over the positions of the forward pass; slice off the padding only from the gradient of "
        "the input."
    ),
    exceptions="A convolution without padding, which has no such positions.",
    specimen=Specimen(
        base=TINY_CONV,
        inject=(
            Change(
                "    grad = np.zeros((delta.shape[1], 3, 3))\n"
                "    for i in range(height):\n"
                "        for j in range(width):",
                "    grad = np.zeros((delta.shape[1], 3, 3))\n"
                "    for i in range(1, height - 1):\n"
                "        for j in range(1, width - 1):",
            ),
        ),
        spoils=("K",),
    ),
)
