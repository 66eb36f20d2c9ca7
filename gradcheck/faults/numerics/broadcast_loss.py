"""Outputs and targets broadcast to a square of all pairs."""

from gradcheck.faults.bases import RESIDUAL_REGRESSION
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC521",
    name="broadcast-loss",
    family=Family.DTYPE_SHAPE,
    number=14,
    title="outputs and targets broadcast to a square of all pairs",
    what=(
        "One of the two is a column (N, 1), the other flat (N,). Their difference is an N by N "
        "matrix: every output minus every target."
    ),
    algebra=("(N, 1) - (N,)  →  (N, N)\nmean over i, j of (p_i - y_j)²  =  mean (p_i - mean y)² + Var(y)"),
    shows=(
        "Permuting the labels leaves the loss as it is. It cannot fall below half the variance of the "
        "targets, and the best outputs are all equal to their mean."
    ),
    fix=(
        "Give both the same shape: y.reshape(-1, 1), or flatten the outputs. Assert that "
        "prediction.shape == y.shape."
    ),
    exceptions="Pairs on purpose: kernels, contrastive losses.",
    specimen=Specimen(
        base=RESIDUAL_REGRESSION,
        prepare=(
            Change(
                "return 0.5 * np.mean((prediction - y) ** 2)",
                "return 0.5 * np.mean((prediction.reshape(-1, 1) - y.reshape(-1, 1)) ** 2)",
            ),
        ),
        inject=(
            Change(
                "return 0.5 * np.mean((prediction.reshape(-1, 1) - y.reshape(-1, 1)) ** 2)",
                "return 0.5 * np.mean((prediction.reshape(-1, 1) - y) ** 2)",
            ),
        ),
        spoils=("W1", "b1", "W2", "b2", "W3"),
        symptom=Symptom(holds="np.isclose(net.loss(X, y), net.loss(X, y[::-1]))"),
    ),
)
