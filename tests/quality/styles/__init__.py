"""Right networks with their roles: which statement computes what, so that a named fault finds its place.

To add one: a file here (or one of the catalogue's bases), its wiring, its roles. Statements are given as typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gradcheck.faults import bases
from gradcheck.faults.bases import Base
from gradcheck.subject.wiring import Grads, Step, Wiring
from tests.quality.networks import Network


@dataclass(frozen=True, slots=True)
class Hidden:
    """A hidden delta.

    Attributes:
        at: the statement that multiplies what comes from above with act'(z).
        z: expression of the values before the activation; empty where they are not kept.
        h: expression of those after it.
    """

    at: str
    z: str
    h: str


@dataclass(frozen=True, slots=True)
class Roles:
    """Which statement of a network computes what; empty where it has no such statement.

    Attributes:
        delta: the output's delta, or the last of the statements that make it.
        out: expression of the outputs at that statement.
        logits: expression of the outputs before their activation.
        labels: expression of the labels there, where it is an array of the outputs' shape.
        one_hot: statement that subtracts one where the label is.
        n: expression of the number of samples; empty where there is one sample.
        x: expression of the inputs.
        hidden: the hidden deltas, output side first.
        weights: statements of the weight gradients.
        biases: statement of a bias gradient -> expression of the bias.
        penalties: expressions that a weight gradient adds for the penalty -> expression of the weight.
        rows: whether samples are rows.
    """

    delta: str
    out: str
    n: str
    x: str
    hidden: tuple[Hidden, ...]
    weights: tuple[str, ...]
    biases: Mapping[str, str]
    penalties: Mapping[str, str] = field(default_factory=dict)
    logits: str = ""
    labels: str = ""
    one_hot: str = ""
    rows: bool = True


@dataclass(frozen=True, slots=True)
class Style:
    """A network and the roles of its statements."""

    network: Network
    roles: Roles


def _base(base: Base, roles: Roles) -> Style:
    path = Path(__file__).with_name(f"{base.name}.py")  # a name for messages: nothing is there
    return Style(Network(base.name, str(path), base.source(), base.wiring), roles)


def _own(name: str, wiring: Wiring, roles: Roles) -> Style:
    path = Path(__file__).with_name(f"{name}.py")
    return Style(Network(name, str(path), path.read_text(encoding="utf-8"), wiring), roles)


def _items(names: str, of: str = "g['{}']") -> dict[str, str]:
    return {name: of.format(name) for name in names.split()}


STYLES = (
    _base(
        bases.SOFTMAX_ROWS,
        Roles(
            delta="delta2 /= n",
            out="p",
            logits="self.z2",
            one_hot="delta2[np.arange(n), y] -= 1",
            n="n",
            x="X",
            hidden=(Hidden("delta1 = (delta2 @ self.W2.T) * (1 - self.h1**2)", "self.z1", "self.h1"),),
            weights=("dW2 = self.h1.T @ delta2", "dW1 = X.T @ delta1"),
            biases={"db2 = delta2.sum(axis=0)": "self.b2", "db1 = delta1.sum(axis=0)": "self.b1"},
            penalties={"2 * self.reg * self.W2": "self.W2", "2 * self.reg * self.W1": "self.W1"},
        ),
    ),
    _base(
        bases.SOFTMAX_COLUMNS,
        Roles(
            delta='dZ3 = cache["A3"] - Y',
            out='cache["A3"]',
            logits='cache["Z3"]',
            labels="Y",
            n="m",
            x='cache["A0"]',
            hidden=(
                Hidden('dZ2 = dA2 * (1 - cache["A2"] ** 2)', 'cache["Z2"]', 'cache["A2"]'),
                Hidden('dZ1 = dA1 * (1 - cache["A1"] ** 2)', 'cache["Z1"]', 'cache["A1"]'),
            ),
            weights=tuple(
                f'grads["W{i}"] = dZ{i} @ cache["A{i - 1}"].T / m + lam / m * parameters["W{i}"]'
                for i in (3, 2, 1)
            ),
            biases={
                f'grads["b{i}"] = np.sum(dZ{i}, axis=1, keepdims=True) / m': f'parameters["b{i}"]'
                for i in (3, 2, 1)
            },
            penalties={f'lam / m * parameters["W{i}"]': f'parameters["W{i}"]' for i in (3, 2, 1)},
            rows=False,
        ),
    ),
    _base(
        bases.SIGMOID_SGD,
        Roles(
            delta="delta = (a - y) * a * (1 - a)",
            out="a",
            labels="y",
            n="",
            x="x",
            hidden=(Hidden("delta = (self.weights[l + 1].T @ delta) * a * (1 - a)", "", "a"),),
            weights=("grad_w[-1] = delta @ activations[-2].T", "grad_w[l] = delta @ activations[l].T"),
            biases={"grad_b[-1] = delta": "self.biases[-1]", "grad_b[l] = delta": "self.biases[l]"},
            rows=False,
        ),
    ),
    _base(
        bases.RELU_BINARY,
        Roles(
            delta="d3 = (sigmoid(z3) - y) / len(X)",
            out="sigmoid(z3)",
            logits="z3",
            labels="y",
            n="len(X)",
            x="X",
            hidden=(
                Hidden("d2 = d3 @ W3.T * relu_derivative(z2)", "z2", "a2"),
                Hidden("d1 = d2 @ W2.T * relu_derivative(z1)", "z1", "a1"),
            ),
            weights=("dW3 = a2.T @ d3", "dW2 = a1.T @ d2", "dW1 = X.T @ d1"),
            biases={f"db{i} = np.sum(d{i}, axis=0)": f"b{i}" for i in (3, 2, 1)},
        ),
    ),
    _base(
        bases.RESIDUAL_REGRESSION,
        Roles(
            delta="delta3 = (prediction - y)[:, np.newaxis] / len(y)",
            out="prediction",
            labels="y",
            n="len(y)",
            x="X",
            hidden=(
                Hidden("delta2 = dh2 * (1 - self.t2**2)", "", "self.t2"),
                Hidden("delta1 = dh1 * (1 - self.h1**2)", "", "self.h1"),
            ),
            weights=("dW3 = self.h2.T @ delta3", "dW2 = self.h1.T @ delta2", "dW1 = X.T @ delta1"),
            biases={f"db{i} = delta{i}.sum(axis=0)": f"self.b{i}" for i in (3, 2, 1)},
        ),
    ),
    _base(
        bases.NORM_DROPOUT,
        Roles(
            delta="delta2 /= len(y)",
            out="p",
            one_hot="delta2[np.arange(len(y)), y] -= 1",
            n="len(y)",
            x="X",
            hidden=(),
            weights=(),
            biases={},
        ),
    ),
    _base(
        bases.TIED_EMBEDDING,
        Roles(
            delta="delta /= n",
            out="self.forward(contexts)",
            one_hot="delta[np.arange(n), targets] -= 1",
            n="n",
            x="self.x",
            hidden=(Hidden("dz = (delta @ self.E) * (1 - self.h**2)", "", "self.h"),),
            weights=("dE = delta.T @ self.h", "dW = self.x.T @ dz"),
            biases={"dc = delta.sum(axis=0)": "self.c", "db = dz.sum(axis=0)": "self.b"},
        ),
    ),
    _base(
        bases.TINY_CONV,
        Roles(
            delta="delta = (p - np.eye(p.shape[1])[y]) / len(y)",
            out="p",
            labels="np.eye(p.shape[1])[y]",
            n="len(y)",
            x="X",
            hidden=(Hidden("dz = pool_backward(self.maps, dpooled) * (1 - self.maps**2)", "", "self.maps"),),
            weights=(),
            biases={},
        ),
    ),
    _own(
        "leaky_tuple",
        Wiring(
            setup="X, T = data(9, seed=1); theta = start(2)",
            loss="objective(X, T, theta, 0.1)",
            params={name: f"theta[{i}]" for i, name in enumerate(("W1", "b1", "W2", "b2", "W3", "b3"))},
            grads=Grads(
                "g = slopes(X, T, theta, 0.1)",
                {name: f"g[{i}]" for i, name in enumerate(("W1", "b1", "W2", "b2", "W3", "b3"))},
            ),
            inputs="X",
            labels="T",
            outputs="forward(X, theta)[-1]",
        ),
        Roles(
            delta="d3 = (p - T) / n",
            out="p",
            logits="z3",
            labels="T",
            n="n",
            x="X",
            hidden=(
                Hidden("d2 = (d3 @ W3.T) * leaky_slope(z2)", "z2", "a2"),
                Hidden("d1 = (d2 @ W2.T) * leaky_slope(z1)", "z1", "a1"),
            ),
            weights=(
                "gW3 = a2.T @ d3 + lam * W3",
                "gW2 = a1.T @ d2 + lam * W2",
                "gW1 = X.T @ d1 + lam * W1",
            ),
            biases={f"gb{i} = d{i}.sum(axis=0)": f"theta[{2 * i - 1}]" for i in (3, 2, 1)},
            penalties={f"lam * W{i}": f"W{i}" for i in (3, 2, 1)},
        ),
    ),
    _own(
        "sigmoid_attributes",
        Wiring(
            setup="x, t = data(8, seed=1); net = Net(2)",
            loss="net.error(x, t)",
            params=_items("w_in b_in w_out b_out", "net.{}"),
            grads=Grads("net.backprop(x, t)", _items("w_in b_in w_out b_out", "net.g_{}")),
            inputs="x",
            labels="t",
            outputs="net.predict(x)",
        ),
        Roles(
            delta="d_out = (self.out - t) * self.out * (1 - self.out)",
            out="self.out",
            logits="self.s_out",
            labels="t",
            n="n",
            x="x",
            hidden=(Hidden("d_hid = back * self.hid * (1 - self.hid)", "self.s_hid", "self.hid"),),
            weights=("self.g_w_out = np.dot(self.hid.T, d_out) / n", "self.g_w_in = np.dot(x.T, d_hid) / n"),
            biases={
                "self.g_b_out = np.sum(d_out, axis=0, keepdims=True) / n": "self.b_out",
                "self.g_b_in = np.sum(d_hid, axis=0, keepdims=True) / n": "self.b_in",
            },
        ),
    ),
    _own(
        "softplus_sample",
        Wiring(
            setup="x, t = data(1); net = Learner(2)",
            loss="net.loss(x, t)",
            params=_items("U c V d w e", "net.{}"),
            step=Step("net.learn(x, t, 0.1)", "0.1"),
            inputs="x",
            labels="t",
            outputs="net.activate(x)[-1]",
        ),
        Roles(
            delta="err = 2 * (y - t)",
            out="y",
            labels="t",
            n="",
            x="x",
            hidden=(
                Hidden("g2 = self.w.T.dot(err) * (1 / (1 + np.exp(-z2)))", "z2", "h2"),
                Hidden("g1 = self.V.T.dot(g2) * (1 / (1 + np.exp(-z1)))", "z1", "h1"),
            ),
            weights=("dw = np.outer(err, h2)", "dV = np.outer(g2, h1)", "dU = np.outer(g1, x)"),
            biases={"de = err": "self.e", "dd = g2": "self.d", "dc = g1": "self.c"},
            rows=False,
        ),
    ),
    _own(
        "logistic_columns",
        Wiring(
            setup="x, t = data(9, seed=1); p = init(2)",
            loss="cost(x, t, p)",
            params=_items("w1 b1 w2 b2 w3 b3", "p['{}']"),
            grads=Grads("g = grad(x, t, p)", _items("w1 b1 w2 b2 w3 b3")),
            inputs="x",
            labels="t",
            outputs="run(x, p)[-1]",
        ),
        Roles(
            delta="dz3 = out - t",
            out="out",
            logits="z3",
            labels="t",
            n="m",
            x="x",
            hidden=(
                Hidden('dz2 = np.dot(p["w3"].T, dz3) * (1 - np.power(a2, 2))', "z2", "a2"),
                Hidden('dz1 = np.dot(p["w2"].T, dz2) * (1 - np.power(a1, 2))', "z1", "a1"),
            ),
            weights=(
                "dw3 = np.dot(dz3, a2.T) / m",
                "dw2 = np.dot(dz2, a1.T) / m",
                "dw1 = np.dot(dz1, x.T) / m",
            ),
            biases={f"db{i} = np.mean(dz{i}, axis=1, keepdims=True)": f'p["b{i}"]' for i in (3, 2, 1)},
            rows=False,
        ),
    ),
    _own(
        "sine_penalised",
        Wiring(
            setup="X, Y = data(9, seed=1); net = Model(2)",
            loss="net.loss(X, Y)",
            params=_items("A a B b C c", "net.{}"),
            grads=Grads(
                "_, g = net.loss_and_grad(X, Y)", {name: f"g[{i}]" for i, name in enumerate("AaBbCc")}
            ),
            inputs="X",
            labels="Y",
            outputs="net(X)",
        ),
        Roles(
            delta="dout = 2 * (out - Y) / N",
            out="out",
            labels="Y",
            n="N",
            x="X",
            hidden=(
                Hidden("dv = (dout @ self.C.T) * (1 - self.g * self.g)", "self.v", "self.g"),
                Hidden("du = (dv @ self.B.T) * np.cos(self.u)", "self.u", "self.f"),
            ),
            weights=("dC = self.g.T @ dout", "dB = self.f.T @ dv", "dA = X.T @ du"),
            biases={
                "dc = np.sum(dout, axis=0)": "self.c",
                "db = np.sum(dv, axis=0)": "self.b",
                "da = np.sum(du, axis=0)": "self.a",
            },
            penalties={f"DECAY / N * self.{name}": f"self.{name}" for name in "CBA"},
        ),
    ),
    _own(
        "relu_combined",
        Wiring(
            setup="X, y = data(9, seed=1); model = fresh(2)",
            loss="evaluate(model, X, y, 0.1)[0]",
            params=_items("W1 b1 W2 b2", "model['{}']"),
            grads=Grads("_, g = evaluate(model, X, y, 0.1)", _items("W1 b1 W2 b2")),
            inputs="X",
            labels="y",
            outputs="scores_of(model, X)[1]",
        ),
        Roles(
            delta="dscores = dscores / n",
            out="probs",
            logits="scores",
            one_hot="dscores[range(n), y] -= 1",
            n="n",
            x="X",
            hidden=(Hidden("dhidden = dhidden * (hidden > 0)", "", "hidden"),),
            weights=('grads["W2"] = hidden.T.dot(dscores)', 'grads["W1"] = X.T.dot(dhidden)'),
            biases={
                'grads["b2"] = dscores.sum(axis=0)': 'model["b2"]',
                'grads["b1"] = dhidden.sum(axis=0)': 'model["b1"]',
            },
            penalties={'reg * model["W2"]': 'model["W2"]', 'reg * model["W1"]': 'model["W1"]'},
        ),
    ),
)
"""The optimisers' base keeps every equation in a method of its layer: it is for the generic mutants alone."""
