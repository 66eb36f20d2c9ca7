"""All weights start at zero and only the output bias can learn."""

from gradcheck.faults.bases import SOFTMAX_ROWS
from gradcheck.faults.fault import Fault
from gradcheck.faults.specimen import Change, Specimen, Symptom
from gradcheck.findings import Family

FAULT = Fault(
    code="GC621",
    name="zero-initialisation",
    family=Family.INITIALIZATION,
    number=97,
    title="all weights start at zero and only the output bias can learn",
    what=(
        "Weights start at zero. Hidden units with act(0) = 0, such as tanh and ReLU, put out zero, "
        "and no delta passes the zero weights above them."
    ),
    algebra=(
        "W_1 = 0, W_2 = 0   =>   h = act(0) = 0\n"
        "fourth equation:  ∂L/∂W_2 = hᵀ δ_2 = 0\n"
        "second equation:  δ_1 = (δ_2 W_2ᵀ) ⊙ act'(0) = 0   =>   ∂L/∂W_1 = 0"
    ),
    shows=(
        "The gradient is right, and exactly zero for every parameter but the output bias. Outputs "
        "become the class frequencies, the same for each input."
    ),
    fix=(
        "Draw weights at random: normal with variance 1/n_in (tanh) or 2/n_in (ReLU). Biases may "
        "start at zero."
    ),
    exceptions=(
        "A network without hidden layer (linear or logistic regression) learns from zero. With a "
        "sigmoid, act(0) = 1/2, the weights move but all units stay equal."
    ),
    specimen=Specimen(
        base=SOFTMAX_ROWS,
        inject=(
            Change(
                "        self.W1 = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hidden))\n"
                "        self.b1 = rng.normal(0, 0.1, n_hidden)\n"
                "        self.W2 = rng.normal(0, 1 / np.sqrt(n_hidden), (n_hidden, n_classes))",
                "        self.W1 = np.zeros((n_in, n_hidden))\n"
                "        self.b1 = np.zeros(n_hidden)\n"
                "        self.W2 = np.zeros((n_hidden, n_classes))",
            ),
        ),
        symptom=Symptom(run="net.fit(X, y)", holds="not net.W1.any() and not net.W2.any()"),
    ),
)
