"""Correct networks that faults are put into, in the styles people write: each file runs, trains and passes its check."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from gradcheck.subject.wiring import Grads, Step, Wiring


@dataclass(frozen=True, slots=True)
class Base:
    """A correct network.

    Attributes:
        name: its file in this folder, without the ending.
        wiring: how to drive it.
    """

    name: str
    wiring: Wiring

    def source(self) -> str:
        """The text of its file."""
        return files(__name__).joinpath(f"{self.name}.py").read_text(encoding="utf-8")


SOFTMAX_ROWS = Base(
    "softmax_rows",
    Wiring(
        setup="X, y = make_data(12, seed=1); net = Classifier(4, 5, 3, reg=0.05, seed=2)",
        loss="net.loss(X, y)",
        params={"W1": "net.W1", "b1": "net.b1", "W2": "net.W2", "b2": "net.b2"},
        grads=Grads("g = net.backward(X, y)", {name: f"g['{name}']" for name in ("W1", "b1", "W2", "b2")}),
        inputs="X",
        labels="y",
        outputs="net.forward(X)",
        train="net.fit(X, y)",
    ),
)

SOFTMAX_COLUMNS = Base(
    "softmax_columns",
    Wiring(
        setup="X, labels = make_data(10, seed=1); Y = one_hot(labels, 3); p = initialize([2, 5, 4, 3], seed=2)",
        loss="compute_cost(forward_propagation(X, p)[0], Y, p, 0.3)",
        params={name: f"p['{name}']" for name in ("W1", "b1", "W2", "b2", "W3", "b3")},
        grads=Grads(
            "g = backward_propagation(Y, p, forward_propagation(X, p)[1], 0.3)",
            {name: f"g['{name}']" for name in ("W1", "b1", "W2", "b2", "W3", "b3")},
        ),
        inputs="X",
        labels="Y",
        outputs="forward_propagation(X, p)[0]",
        train="p, costs = model(X, Y, p)",
    ),
)

SIGMOID_SGD = Base(
    "sigmoid_sgd",
    Wiring(
        setup="samples = make_samples(8, seed=1); x, y = samples[0]; net = Network([3, 5, 4, 2], seed=2)",
        loss="net.cost(x, y)",
        params={
            **{f"weights[{i}]": f"net.weights[{i}]" for i in range(3)},
            **{f"biases[{i}]": f"net.biases[{i}]" for i in range(3)},
        },
        step=Step("net.update(x, y, 0.1)", "0.1"),
        inputs="x",
        labels="y",
        outputs="net.feedforward(x)",
        train="net.train(samples, 50, 1.0)",
    ),
)

RELU_BINARY = Base(
    "relu_binary",
    Wiring(
        setup="X, y = make_data(9, seed=1)",
        loss="loss(X, y)",
        params={name: f"m.{name}" for name in ("W1", "b1", "W2", "b2", "W3", "b3")},
        grads=Grads(
            "g = gradients(X, y)",
            {name: f"g[{i}]" for i, name in enumerate(("W1", "b1", "W2", "b2", "W3", "b3"))},
        ),
        inputs="X",
        labels="y",
        outputs="sigmoid(forward(X)[-1])",
        train="train(X, y)",
    ),
)
