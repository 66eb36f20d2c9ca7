"""A weight gradient is the outer product of one sample."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen
from gradcheck.findings import Family

FAULT = Fault(
    code="GC235",
    name="rank-one-weight-gradient",
    family=Family.WEIGHT_GRAD,
    number=55,
    title="a weight gradient is the outer product of one sample",
    what=(
        "The gradient of a matrix is formed from one row of activations and one row of deltas: the "
        "formula for a single sample, used on a batch."
    ),
    algebra=(
        "fourth equation, the gradient of the weights:\n"
        "  should be   ∂L/∂W = Σ_i h_iᵀ δ_i\n"
        "  computed    ∂L/∂W = h_1ᵀ δ_1      a matrix of rank one"
    ),
    shows=("The gradient has rank one; other parameters agree. Changing another sample leaves it as it is."),
    fix="Use the matrix product over the batch, h.T @ delta, or add the outer products.",
    exceptions="One sample at a time, where the sum has one term.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(Change("dW1 = X.T @ delta1", "dW1 = np.outer(X[0], delta1[0])"),),
        spoils=("W1",),
    ),
)
