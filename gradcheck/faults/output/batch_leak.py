"""A sample's output depends on the other samples of its batch."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC148",
    name="batch-leak",
    family=Family.FORWARD,
    number=8,
    title="a sample's output depends on the other samples of its batch",
    what=(
        "A statistic in the forward pass runs over the axis of the samples where it should run over "
        "the features, so the samples are mixed."
    ),
    algebra=(
        "should be   x_i / ‖x_i‖          one sample, all features\n"
        "computed    x_ij / ‖x_:j‖        one feature, all samples\n"
        "then        ∂output_i / ∂x_k ≠ 0   for k ≠ i"
    ),
    shows=(
        "The gradient check may pass, since the loss has the same fault. A sample alone gives another "
        "output than inside a batch, and the result depends on the batch size."
    ),
    fix="Run the statistic along the features: axis=1 for samples in rows.",
    exceptions="Batch normalisation in training, which mixes the samples by design.",
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        prepare=(
            Change(
                "        self.z1 = X @ self.W1 + self.b1",
                "        self.x = X / np.linalg.norm(X, axis=1, keepdims=True)\n"
                "        self.z1 = self.x @ self.W1 + self.b1",
            ),
            Change("dW1 = X.T @ delta1", "dW1 = self.x.T @ delta1"),
        ),
        inject=(
            Change(
                "self.x = X / np.linalg.norm(X, axis=1, keepdims=True)",
                "self.x = X / np.linalg.norm(X, axis=0, keepdims=True)",
            ),
        ),
        symptom=Symptom(run="alone = net.forward(X[:1])", holds="not np.allclose(alone, net.forward(X)[:1])"),
    ),
)
