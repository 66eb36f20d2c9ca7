"""The roles of clouds_dict."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Activation, Course, Draw, Softmax

NAMES = ("W1", "b1", "W2", "b2")

COURSE = Course(
    network(
        "clouds_dict",
        Wiring(
            setup="X, y = prepared(54, seed=1); p = start(seed=1)",
            loss="loss(p, X, y)",
            params=items(NAMES, "p['{}']"),
            grads=Grads("g = gradient(p, X, y)", items(NAMES, "g['{}']")),
            inputs="X",
            labels="y",
            outputs="forward(p, X)[-1]",
            train="history, best = fit(p, X, y)",
        ),
    ),
    probes=(
        "accuracy_in_batches(p, X[:20], y[:20])",
        "compare(p, X, y, X[:20], y[:20])",
        "(D := X + 3.0) is None or (standardised(D, 1.0, 2.0), D)",
        "experiment(48, seed=1)",
    ),
    activations=(Activation("np.tanh(z1)", "z1", " * (1 - h1**2)", "np.tanh(z1, out=z1)"),),
    additions={
        'z1 = X @ p["W1"] + p["b1"]': 'z1 = X @ p["W1"]',
        'z2 = h1 @ p["W2"] + p["b2"]': 'z2 = h1 @ p["W2"]',
    },
    softmax=Softmax(" - z.max(axis=1, keepdims=True)", "e.sum(axis=1, keepdims=True)", "e"),
    output="softmax(z2)",
    draws=(
        Draw('"W1": ', "rng.normal(0, 0.5, (4, 6))", "(4, 6)", ("W1",)),
        Draw('"W2": ', "rng.normal(0, 0.4, (6, 3))", "(6, 3)", ("W2",)),
    ),
    rates={"lr=0.3": 0.3},
    strength=("LAM = ", 0.002),
    squares={'np.sum(p["W1"] ** 2)': 'p["W1"]', 'np.sum(p["W2"] ** 2)': 'p["W2"]'},
    updates=("p[name] -= lr * g[name]",),
    loss="-np.mean(np.log(",
    entry='z1 = X @ p["W1"] + p["b1"]',
    x="X",
    particular={
        "GC121": (
            (("np.log(probs[np.arange(len(y)), y] + 1e-12)", "np.log((y + 1) / 3 + 0 * probs[0, 0])"),),
        ),
        "GC122": ((("-np.mean(np.log(", "-np.sum(np.log("), ("    d2 = d2 / len(y)\n", "")),),
        "GC146": ((("return h1, softmax(z2)", "return h1, softmax(softmax(z2))"),),),
        "GC310": ((("p[name] -= lr * g[name]", "p[name] -= lr * (g[name] + 2 * LAM * p[name])"),),),
        "GC312": (
            (
                (
                    'np.sum(p["W2"] ** 2))',
                    'np.sum(p["W2"] ** 2) + np.sum(p["b1"] ** 2) + np.sum(p["b2"] ** 2))',
                ),
            ),
        ),
        "GC402": ((("{name: w.copy() for name, w in p.items()}", "p"),),),
        "GC404": ((("return (X - mean) / std", "X -= mean\nX /= std\nreturn X"),),),
        "GC405": (
            (
                (
                    '    return {\n        "W1": X.T @ d1 + 2 * LAM * p["W1"],',
                    '    g = {\n        "W1": p["W1"],',
                ),
                (
                    '        "b2": d2.sum(axis=0),\n    }\n',
                    '        "b2": d2.sum(axis=0),\n    }\n    g["W1"] *= 2 * LAM\n    g["W1"] += X.T @ d1\n    return g\n',
                ),
            ),
        ),
        "GC406": (
            (
                (
                    "for name in p:\n                p[name] -= lr * g[name]",
                    "for name, w in p.items():\n                w = w - lr * g[name]",
                ),
            ),
        ),
        "GC407": (
            (("{name: w.copy() for name, w in p.items()}", "p.copy()"),),
            (("{name: w.copy() for name, w in p.items()}", "dict(p)"),),
        ),
        "GC501": ((("lr=0.3", "lr=3e4"),),),
        "GC504": (
            (("probs[np.arange(len(y)), y] + 1e-12", "np.maximum(probs[np.arange(len(y)), y], 0.2)"),),
            (("probs[np.arange(len(y)), y] + 1e-12", "np.clip(probs[np.arange(len(y)), y], 0.3, 1)"),),
        ),
        "GC601": ((("    d2[np.arange(len(y)), y] -= 1\n", ""),),),
        "GC603": ((("rng.normal(0, 0.5, (4, 6))", "rng.normal(0, 30, (4, 6))"),),),
        "GC606": (
            (
                ("rng.normal(0, 0.5, (4, 6))", "np.ones((4, 6))"),
                ("rng.normal(0, 0.4, (6, 3))", "np.ones((6, 3))"),
                ("rng.normal(0, 0.1, 6)", "np.zeros(6)"),
            ),
        ),
        "GC607": ((("lr=0.3", "lr=1e-8"),),),
        "GC608": ((("lr=0.3", "lr=9.0"),),),
        "GC701": ((("return (X - mean) / std", "return X"),),),
        "GC702": (
            (("g = gradient(p, X[rows], y[rows])", "g = gradient(p, X[rows], y[first : first + batch])"),),
        ),
        "GC703": ((("order = rng.permutation(len(y))", "order = np.argsort(y)"),),),
        "GC704": (
            (
                (
                    "train, test = order[: 2 * n // 3], order[2 * n // 3 :]",
                    "train, test = order[: 2 * n // 3], order[: n // 3]",
                ),
            ),
        ),
        "GC705": (
            (
                (
                    "standardised(X[test], mean, std)",
                    "standardised(X[test], X[test].mean(axis=0), X[test].std(axis=0))",
                ),
            ),
        ),
        "GC706": (
            (
                (
                    "np.log(probs[np.arange(len(y)), y] + 1e-12)",
                    "np.log(probs[np.arange(len(y)), y - 1] + 1e-12)",
                ),
                ("d2[np.arange(len(y)), y] -= 1", "d2[np.arange(len(y)), y - 1] -= 1"),
            ),
        ),
        "GC707": (
            (("return (X - mean) / std", "scaled = np.zeros(X.shape)\nreturn scaled"),),
            (('z1 = X @ p["W1"] + p["b1"]', 'z1 = np.zeros_like(X) @ p["W1"] + p["b1"]'),),
        ),
        "GC721": (
            (
                (
                    "hits += accuracy(p, X[part], y[part]) * len(y[part])",
                    "hits += accuracy(p, X[part], y[part])",
                ),
                ("return hits / len(y)", "return hits / len(range(0, len(y), batch))"),
            ),
        ),
        "GC722": ((("np.argmax(forward(p, X)[-1], axis=1)", "np.argmax(forward(p, X)[-1], axis=0)"),),),
        "GC723": ((("np.mean(predict(p, X) == y)", "np.mean(predict(p, X)[:, None] == y)"),),),
        "GC724": ((("return data_loss(p, X, y), ", "return loss(p, X, y), "),),),
        "GC803": (
            (
                (
                    "            g = gradient(p, X[rows], y[rows])\n",
                    "            for name, part in gradient(p, X[rows], y[rows]).items():\n                g[name] += part\n",
                ),
                (
                    "    history, lowest, best = [], np.inf, None\n",
                    "    history, lowest, best = [], np.inf, None\n    g = {name: np.zeros_like(w) for name, w in p.items()}\n",
                ),
            ),
        ),
        "GC804": (
            (
                (
                    "            g = gradient(p, X[rows], y[rows])\n            for name in p:\n                p[name] -= lr * g[name]",
                    "            for name in p:\n                p[name] -= lr * gradient(p, X[rows], y[rows])[name]",
                ),
            ),
        ),
        "GC805": ((("for name in p:", 'for name in ("W1", "b1", "b2"):'),),),
        "GC809": ((("p[name] -= lr * g[name]", "g[name] = p[name] - lr * g[name]"),),),
    },
)
