"""The catalogue's bases with their roles.

The optimisers' base keeps every equation in a method of its layer: it is for the generic mutants alone.
"""

from __future__ import annotations

from pathlib import Path

from gradcheck.faults import bases
from gradcheck.faults.bases import Base
from tests.quality.networks import Network
from tests.quality.styles.roles import Hidden, Roles, Style


def _base(base: Base, roles: Roles) -> Style:
    path = Path(__file__).with_name(f"{base.name}.py")  # a name for messages: nothing is there
    return Style(Network(base.name, str(path), base.source(), base.wiring), roles)


BASES = (
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
            matrices=("self.W2", "self.W1"),
            classes="softmax",
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
                Hidden(
                    'dZ2 = dA2 * (1 - cache["A2"] ** 2)',
                    'cache["Z2"]',
                    'cache["A2"]',
                    'parameters["W3"].T @ dZ3',
                ),
                Hidden(
                    'dZ1 = dA1 * (1 - cache["A1"] ** 2)',
                    'cache["Z1"]',
                    'cache["A1"]',
                    'parameters["W2"].T @ dZ2',
                ),
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
            matrices=tuple(f'parameters["W{i}"]' for i in (3, 2, 1)),
            classes="softmax",
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
            matrices=("self.weights[-1]", "self.weights[l]"),
            squared=True,
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
            matrices=("W3", "W2", "W1"),
            classes="sigmoid",
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
                Hidden("delta2 = dh2 * (1 - self.t2**2)", "", "self.t2", "delta3 @ self.W3.T"),
                Hidden("delta1 = dh1 * (1 - self.h1**2)", "", "self.h1", "delta2 @ self.W2.T"),
            ),
            weights=("dW3 = self.h2.T @ delta3", "dW2 = self.h1.T @ delta2", "dW1 = X.T @ delta1"),
            biases={f"db{i} = delta{i}.sum(axis=0)": f"self.b{i}" for i in (3, 2, 1)},
            matrices=("self.W3", "self.W2", "self.W1"),
            squared=True,
            particular={
                "GC214": (
                    ("dh1 = dh2 + delta2 @ self.W2.T", "dh1 = delta2 @ self.W2.T"),
                    ("dh1 = dh2 + delta2 @ self.W2.T", "dh1 = dh2"),
                ),
            },
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
            classes="softmax",
            particular={
                "GC215": (
                    (
                        "return dy * self.mask",
                        "return dy * (np.random.random(dy.shape) < self.keep) / self.keep",
                    ),
                ),
                "GC216": (("return dy * self.mask", "return dy"),),
                "GC217": (
                    ("(g - by_mean - by_std) / self.std", "g / self.std"),
                    ("(g - by_mean - by_std) / self.std", "(g - by_mean) / self.std"),
                ),
                "GC218": (("x.var(axis=0)", "x.var(axis=0, ddof=1)"),),
                "GC241": (
                    (
                        "self.dgamma = (dy * self.x_hat).sum(axis=0)\n        self.dbeta = dy.sum(axis=0)",
                        "self.dbeta = (dy * self.x_hat).sum(axis=0)\n        self.dgamma = dy.sum(axis=0)",
                    ),
                ),
            },
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
            matrices=("self.E", "self.W"),
            classes="softmax",
            particular={
                "GC237": (("np.add.at(dE,", "dE = np.zeros_like(self.E)\nnp.add.at(dE,"),),
                "GC240": (
                    (
                        "np.add.at(dE, contexts, dx[:, np.newaxis, :] / per_context)",
                        "dE[contexts] += dx[:, np.newaxis, :] / per_context",
                    ),
                ),
            },
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
            classes="softmax",
            particular={
                "GC219": (
                    ("np.eye(4)[winner]", "np.full(4, 1 / 4)"),
                    ("np.eye(4)[winner]", "np.eye(4)[0 * winner]"),
                ),
                "GC238": (("return grad[:, ::-1, ::-1]", "return grad"),),
                "GC239": (
                    (
                        "for i in range(height):\n        for j in range(width):\n            grad",
                        "for i in range(1, height - 1):\n        for j in range(1, width - 1):\n            grad",
                    ),
                ),
            },
        ),
    ),
)
