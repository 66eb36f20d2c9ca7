"""Correct networks that faults are put into, in the styles people write: each runs, trains, and is right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
        return Path(__file__).with_name(f"{self.name}.py").read_text(encoding="utf-8")


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
        setup="X, t = make_data(10, seed=1); Y = one_hot(t, 3); p = initialize([2, 5, 4, 3], seed=2)",
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

RESIDUAL_REGRESSION = Base(
    "residual_regression",
    Wiring(
        setup="X, y = make_data(12, seed=1); X = Scaler(X).transform(X); net = Regressor(3, 4, seed=2)",
        loss="net.loss(X, y)",
        params={name: f"net.{name}" for name in ("W1", "b1", "W2", "b2", "W3", "b3")},
        grads=Grads(
            "g = net.gradients(X, y)",
            {name: f"g[{i}]" for i, name in enumerate(("W1", "b1", "W2", "b2", "W3", "b3"))},
        ),
        inputs="X",
        labels="y",
        outputs="net.forward(X)",
        train="net.fit(X, y)",
    ),
)

OPTIMISERS = Base(
    "optimisers",
    Wiring(
        setup="x, y = make_data(12, seed=1); net = Network([3, 5, 4, 2], seed=2); optimiser = Adam(lr=0.05)",
        loss="net.loss(x, y)",
        params={f"{i}.{k}": f"net.layers[{i}].params['{k}']" for i in (0, 2, 4) for k in "Wb"},
        grads=Grads("g = net.backward(x, y)", {f"{i}.{k}": f"g['{i}.{k}']" for i in (0, 2, 4) for k in "Wb"}),
        inputs="x",
        labels="y",
        outputs="net.forward(x)",
        train="train(net, optimiser, x, y)",
    ),
)

NORM_DROPOUT = Base(
    "norm_dropout",
    Wiring(
        setup="X, y = make_data(10, seed=1); net = Network(3, 6, 3, seed=2)",
        loss="net.loss(X, y, training=True, seed=3)",
        params={
            "W1": "net.W1",
            "gamma": "net.norm.gamma",
            "beta": "net.norm.beta",
            "W2": "net.W2",
            "b2": "net.b2",
        },
        grads=Grads(
            "g = net.gradients(X, y, seed=3)",
            {name: f"g['{name}']" for name in ("W1", "gamma", "beta", "W2", "b2")},
        ),
        inputs="X",
        labels="y",
        outputs="net.forward(X)",
        train="net.fit(X, y)",
    ),
)

TINY_CONV = Base(
    "tiny_conv",
    Wiring(
        setup="X, y = make_data(8, seed=1); net = ConvNet(seed=2)",
        loss="net.loss(X, y)",
        params={name: f"net.params['{name}']" for name in "KcWb"},
        grads=Grads("g = net.gradients(X, y)", {name: f"g['{name}']" for name in "KcWb"}),
        inputs="X",
        labels="y",
        outputs="net.forward(X)",
        train="net.fit(X, y)",
    ),
)

TIED_EMBEDDING = Base(
    "tied_embedding",
    Wiring(
        setup="contexts, targets = make_data(10, seed=1); model = WordModel(7, 4, seed=2)",
        loss="model.loss(contexts, targets)",
        params={name: f"model.{name}" for name in "EWbc"},
        grads=Grads("g = model.gradients(contexts, targets)", {name: f"g['{name}']" for name in "EWbc"}),
        inputs="contexts",
        labels="targets",
        outputs="model.forward(contexts)",
        train="model.fit(contexts, targets)",
    ),
)
