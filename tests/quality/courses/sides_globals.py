"""The roles of sides_globals."""

from gradcheck.subject.wiring import Grads, Step, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Activation, Course, Draw

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
UPDATES = tuple(f"{name} = {name} - rate * d{name}" for name in NAMES)
ENTRY = "z1 = X @ W1 + b1"
LOG = "y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12)"

COURSE = Course(
    network(
        "sides_globals",
        Wiring(
            setup="X, y = get(40, seed=1)",
            loss="bce(X, y, True)",
            params=items(NAMES, "m.{}"),
            grads=Grads("g = gradients(X, y)", {name: f"g[{i}]" for i, name in enumerate(NAMES)}),
            inputs="X",
            labels="y",
            outputs="forward(X)[-1]",
            train="losses = train(X, y)",
            update=Step("update(X, y, 0.1)", "0.1"),
        ),
    ),
    probes=(
        "accuracy_by_parts(X, y)",
        "(D := X + 3.0) is None or (zscore(D, 1.0, 2.0), D)",
        "accuracy(X, y)",
        "session(60, seed=1)",
    ),
    activations=(
        Activation("np.maximum(0, z1)", "z1", " * (z1 > 0)", "np.maximum(0, z1, out=z1)"),
        Activation("np.tanh(z2)", "z2", " * (1 - h2**2)", "np.tanh(z2, out=z2)"),
    ),
    additions={ENTRY: "z1 = X @ W1", "h1 @ W2 + b2": "h1 @ W2", "h2 @ W3 + b3": "h2 @ W3"},
    output="1 / (1 + np.exp(-z3))",
    draws=(
        Draw("W1 = ", "rng.normal(0, 0.7, (3, 6))", "(3, 6)", ("W1",)),
        Draw("W2 = ", "rng.normal(0, 0.6, (6, 6))", "(6, 6)", ("W2",)),
        Draw("W3 = ", "rng.normal(0, 0.6, (6, 1))", "(6, 1)", ("W3",)),
    ),
    rates={"RATE, KEEP = 0.3, 0.9": 0.3},
    high=500.0,
    updates=UPDATES,
    delta="d3 = (p - y) / len(X)",
    outputs="p",
    loss="-np.mean(y * np.log(",
    entry=ENTRY,
    x="X",
    particular={
        "GC503": (
            (
                (
                    "y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12)",
                    "y * np.log(p) + (1 - y) * np.log(1 - p)",
                ),
            ),
        ),
        "GC143": (
            (
                ("h1, h2, 1 / (1 + np.exp(-z3))", "h1, h2, np.tanh(z3)"),
                ("p = forward(X, training)[-1]", "p = np.clip(forward(X, training)[-1], 1e-9, 1 - 1e-9)"),
            ),
        ),
        "GC121": (((LOG, "y * np.log(y + 1e-12) + (1 - y) * np.log(1 - y + 1e-12) + 0 * p"),),),
        "GC122": ((("-np.mean(y * np", "-np.sum(y * np"), ("d3 = (p - y) / len(X)", "d3 = p - y")),),
        "GC521": ((("    p = forward(X, training)[-1]\n", "    p = forward(X, training)[-1].ravel()\n"),),),
        "GC150": ((("z3 = h2 @ W3 + b3", "z3 = h1 @ W3 + b3"),),),
        "GC151": (
            (("    if not training:\n        return np.ones_like(h)\n", ""),),
            (("forward(X)[-1].ravel() > 0.5", "forward(X, training=True)[-1].ravel() > 0.5"),),
        ),
        "GC152": (
            (
                (
                    "(np.random.default_rng(1).random(h.shape) < KEEP) / KEEP",
                    "(np.random.default_rng(1).random(h.shape) < KEEP) * 1.0",
                ),
            ),
        ),
        "GC404": ((("return (X - mu) / sd", "X -= mu\nX /= sd\nreturn X"),),),
        "GC406": (
            (
                (
                    "    global W1, b1, W2, b2, W3, b3\n",
                    "    global b1, b2, b3\n    w1, w2, w3 = W1, W2, W3\n",
                ),
                *((UPDATES[i], f"w{k} = w{k} - rate * dW{k}") for i, k in ((0, 1), (2, 2), (4, 3))),
            ),
        ),
        "GC501": ((("rng.normal(0, 0.6, (6, 1))", "rng.normal(0, 0.6, (6, 1)) * np.inf"),),),
        "GC504": (
            ((LOG, "y * np.log(np.maximum(p, 0.5)) + (1 - y) * np.log(1 - p + 1e-12)"),),
            (
                (
                    "    p = forward(X, training)[-1]\n",
                    "    p = np.clip(forward(X, training)[-1], 0.4, 0.6)\n",
                ),
            ),
        ),
        "GC506": (
            (
                ("np.full(6, 0.05)", "np.zeros(6)"),
                (
                    "    return zscore(X, X.mean(axis=0), X.std(axis=0)), y",
                    "    X = zscore(X, X.mean(axis=0), X.std(axis=0))\n    X[2] = 0\n    return X, y",
                ),
            ),
        ),
        "GC602": (
            (("np.full(6, 0.05)", "np.full(6, -30.0)"),),
            (("np.full(6, 0.05)", "np.full(6, 0.05) - 15"),),
        ),
        "GC603": ((("rng.normal(0, 0.6, (6, 6))", "rng.normal(0, 60, (6, 6))"),),),
        "GC604": (
            (
                ("rng.normal(0, 0.6, (6, 6))", "rng.normal(0, 0.0006, (6, 6))"),
                ("rng.normal(0, 0.6, (6, 1))", "rng.normal(0, 0.0006, (6, 1))"),
            ),
        ),
        "GC605": ((("rng.normal(0, 0.6, (6, 1))", "rng.normal(0, 600, (6, 1))"),),),
        "GC606": (
            (
                ("rng.normal(0, 0.7, (3, 6))", "np.full((3, 6), 0.4)"),
                ("rng.normal(0, 0.6, (6, 6))", "np.full((6, 6), 0.2)"),
                ("rng.normal(0, 0.1, 6)", "np.zeros(6)"),
                ("rng.normal(0, 0.6, (6, 1))", "np.full((6, 1), 0.2)"),
            ),
        ),
        "GC607": ((("KEEP = 0.3, 0.9", "KEEP = 1e-9, 0.9"),),),
        "GC608": ((("KEEP = 0.3, 0.9", "KEEP = 5.0, 0.9"),),),
        "GC701": ((("return (X - mu) / sd", "return X"),),),
        "GC702": (
            (("update(X[take], y[take], RATE)", "update(X[take], y[low : low + batch], RATE)"),),
            (
                (
                    "shuffled = deal.permutation(len(X))\n",
                    "shuffled = deal.permutation(len(X))\n        X = X[shuffled]\n",
                ),
                (
                    "update(X[take], y[take], RATE)",
                    "update(X[low : low + batch], y[low : low + batch], RATE)",
                ),
            ),
        ),
        "GC703": ((("shuffled = deal.permutation(len(X))", "shuffled = np.argsort(y.ravel())"),),),
        "GC704": ((("X_test, y_test = X[40:], y[40:]", "X_test, y_test = X[:20], y[:20]"),),),
        "GC705": (
            (
                (
                    "bce(zscore(X_test, mu, sd), y_test)",
                    "bce(zscore(X_test, X_test.mean(axis=0), X_test.std(axis=0)), y_test)",
                ),
            ),
        ),
        "GC707": (
            (("return (X - mu) / sd", "scaled = np.zeros(X.shape)\nreturn scaled"),),
            ((ENTRY, "z1 = np.zeros(X.shape) @ W1 + b1"),),
        ),
        "GC721": ((("np.dot(weights, values) / sum(weights)", "sum(values) / len(values)"),),),
        "GC723": ((("predict(X) == y.ravel()", "predict(X) == y"),),),
        "GC804": (
            (
                (
                    "    dW1, db1, dW2, db2, dW3, db3 = gradients(X, y)\n",
                    "    dW1, db1, _, _, _, _ = gradients(X, y)\n",
                ),
                (
                    "    W2 = W2 - rate * dW2\n",
                    "    _, _, dW2, db2, dW3, db3 = gradients(X, y)\n    W2 = W2 - rate * dW2\n",
                ),
            ),
            (
                (
                    "    dW1, db1, dW2, db2, dW3, db3 = gradients(X, y)\n",
                    "    dW1, db1, dW2, db2 = gradients(X, y)[:4]\n",
                ),
                (
                    "    W3 = W3 - rate * dW3\n",
                    "    dW3, db3 = gradients(X, y)[4:]\n    W3 = W3 - rate * dW3\n",
                ),
            ),
        ),
    },
)
