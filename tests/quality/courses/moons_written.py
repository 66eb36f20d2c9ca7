"""The roles of moons_written."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Activation, Course, Draw, Softmax

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
LOG = "np.log(chosen + 1e-12)"
GRADS = "            grads = backward(theta, X[rows], y[rows])\n"
ADAM = "w -= lr * m_hat / (np.sqrt(v_hat) + eps)"
MEANS = "means = [np.zeros_like(w) for w in theta]"
MEAN = "means[i] = beta1 * means[i] + (1 - beta1) * g"
M, V = "m_hat = means[i] / (1 - beta1**t)", "v_hat = squares[i] / (1 - beta2**t)"
COUNT = "            t += 1\n            for i, w in enumerate(theta):\n"
RATE = "lr = rate * 0.5 ** (epoch // 10)"
ENTRY = "z1 = X @ W1 + b1"

COURSE = Course(
    network(
        "moons_written",
        Wiring(
            setup="X, y = samples(54, seed=1); theta = initialise(seed=1)",
            loss="criterion(theta, X, y)",
            params={name: f"theta[{i}]" for i, name in enumerate(NAMES)},
            grads=Grads("g = backward(theta, X, y)", {name: f"g[{i}]" for i, name in enumerate(NAMES)}),
            inputs="X",
            labels="y",
            outputs="forward(theta, X)[-1]",
            train="curve = train(theta, X, y)",
        ),
    ),
    probes=(
        "accuracy(theta, X, y)",
        "(D := X + 3.0) is None or (whiten(D, 1.0, 2.0), D)",
        "compare(60, seed=1)",
    ),
    activations=(
        Activation("np.maximum(z1, 0.0)", "z1", " * (z1 > 0)", "np.maximum(z1, 0.0, out=z1)"),
        Activation("np.maximum(z2, 0.0)", "z2", " * (z2 > 0)", "np.maximum(z2, 0.0, out=z2)"),
    ),
    additions={ENTRY: "z1 = X @ W1", "h1 @ W2 + b2": "h1 @ W2", "h2 @ W3 + b3": "h2 @ W3"},
    softmax=Softmax(" - scores.max(axis=1, keepdims=True)", "powers.sum(axis=1, keepdims=True)", "powers"),
    output="softmax(h2 @ W3 + b3)",
    draws=(
        Draw("W1 = ", "rng.normal(0, 0.7, (2, width))", "(2, width)", ("W1",)),
        Draw("W2 = ", "rng.normal(0, 0.5, (width, width))", "(width, width)", ("W2",)),
        Draw("W3 = ", "rng.normal(0, 0.4, (width, 3))", "(width, 3)", ("W3",)),
    ),
    rates={"rate=0.03": 0.03},
    high=1000.0,
    strength=("LAM = ", 0.0005),
    updates=(ADAM,),
    loss="-np.mean(np.log(",
    entry=ENTRY,
    x="X",
    particular={
        "GC123": (
            (
                (
                    "    chosen = forward(theta, X)[-1][np.arange(len(y)), y]\n    return -np.mean(np.log(chosen + 1e-12))",
                    "    p, hot = forward(theta, X)[-1], np.eye(3)[y]\n    return -np.sum(hot * np.log(p + 1e-12) + (1 - hot) * np.log(1 - p + 1e-12)) / len(y)",
                ),
            ),
        ),
        "GC146": ((("h2, softmax(h2 @ W3 + b3)", "h2, softmax(softmax(h2 @ W3 + b3))"),),),
        "GC149": (
            (
                (
                    "np.column_stack([30 * x + 5, 8 * y - 60])",
                    "np.array([30 * x + 5, 8 * y - 60]).reshape(n, 2)",
                ),
            ),
        ),
        "GC150": ((("h2, softmax(h2 @ W3 + b3)", "h2, softmax(h1 @ W3 + b3)"),),),
        "GC310": (
            ((ADAM, f"{ADAM}\nw -= lr * LAM * w"),),
            (("g = shorten * grads[i]", "g = shorten * grads[i] + 2 * LAM * w"),),
        ),
        "GC312": (
            (
                (
                    "    W1, _, W2, _, W3, _ = theta\n    return cross_entropy",
                    "    W1, b1, W2, b2, W3, b3 = theta\n    return cross_entropy",
                ),
                (
                    "(np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))",
                    "(np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2) + np.sum(b1**2) + np.sum(b2**2) + np.sum(b3**2))",
                ),
            ),
        ),
        "GC503": (((LOG, "np.log(chosen)"),),),
        "GC504": (((LOG, "np.log(np.maximum(chosen, 0.3))"),),),
        "GC506": (
            (
                ("b1 = np.full(width, 0.05)", "b1 = np.zeros(width)"),
                (
                    "    return whiten(points, points.mean(axis=0), points.std(axis=0)), kind",
                    "    X = whiten(points, points.mean(axis=0), points.std(axis=0))\n    X[3] = 0\n    return X, kind",
                ),
            ),
        ),
        "GC522": ((("d3 = probs.copy()", "d3 = probs.astype(int)"), ("d3 /= len(y)", "d3 = d3 / len(y)")),),
        "GC701": ((("return (points - middle) / spread", "return points"),),),
        "GC703": ((("order = rng.permutation(len(y))", "order = np.argsort(y)"),),),
        "GC722": ((("[-1].argmax(axis=1)", "[-1].argmax(axis=0)"),),),
        "GC803": (
            (
                ("curve, t = [], 0\n", "curve, t = [], 0\n    total = [np.zeros_like(w) for w in theta]\n"),
                (
                    GRADS,
                    f"{GRADS}            for s, g in zip(total, grads):\n                s += g\n",
                ),
                ("g = shorten * grads[i]", "g = shorten * total[i]"),
            ),
        ),
        "GC804": ((("g = shorten * grads[i]", "g = shorten * backward(theta, X[rows], y[rows])[i]"),),),
        "GC805": (
            (("for i, w in enumerate(theta):", "for i, w in enumerate(theta[:-1]):"),),
            (("for i, w in enumerate(theta):", "for i, w in enumerate(theta[:4]):"),),
        ),
        "GC809": (((ADAM, ADAM.replace("w -=", "new = w -")),),),
        "GC822": (
            (
                (MEANS, "means = {w.shape: np.zeros_like(w) for w in theta}"),
                (MEAN, MEAN.replace("[i]", "[w.shape]")),
                (M, M.replace("[i]", "[w.shape]")),
            ),
        ),
        "GC823": (
            ((M, "m_hat = means[i]"), (V, "v_hat = squares[i]")),
            ((V, "v_hat = squares[i]"),),
            ((M, "m_hat = means[i] / (1 - beta1)"), (V, "v_hat = squares[i] / (1 - beta2)")),
        ),
        "GC824": (
            (
                (
                    COUNT,
                    "            for i, w in enumerate(theta):\n                t += 1\n",
                ),
            ),
        ),
        "GC825": (
            (
                (
                    COUNT,
                    (
                        "            t = 1\n"
                        "            means = [np.zeros_like(w) for w in theta]\n"
                        "            squares = [np.zeros_like(w) for w in theta]\n"
                        "            for i, w in enumerate(theta):\n"
                    ),
                ),
            ),
        ),
        "GC826": (((ADAM, ADAM.replace("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat + eps)")),),),
        "GC827": ((("g = shorten * grads[i]", "g = np.clip(grads[i], -limit, limit)"),),),
        "GC828": (
            ((RATE, "lr = rate * 0.5 ** (epoch // 1000)"),),
            ((ADAM, ADAM.replace("lr *", "rate *")),),
        ),
    },
)
