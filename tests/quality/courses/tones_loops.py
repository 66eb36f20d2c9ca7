"""The roles of tones_loops."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Activation, Course, Softmax

PARAMETERS = {f"{a}{i}": f"[{i}][{place}]" for i in range(4) for place, a in enumerate("Wb")}
DRAWN = "rng.normal(0, 1 / np.sqrt(n), (n, m))"
LOG = "-np.log(probs[np.arange(len(y)), y] + 1e-12)"
STEP = "p -= rate * v"
NORM = "            norm = np.sqrt(sum(np.sum(g**2) for pair in grads for g in pair))\n"
CLEAR = "            for pair in grads:\n                for g in pair:\n                    g[...] = 0\n"
SPLIT = "X_play, y_play, X_hear, y_hear = X[:64], y[:64], X[64:], y[64:]"
HEARD = "tuned(X_hear, middle, spread)"

COURSE = Course(
    network(
        "tones_loops",
        Wiring(
            setup="X, y = tones(80, seed=1); layers = build(seed=1)",
            loss="loss(layers, X, y)",
            params={name: f"layers{place}" for name, place in PARAMETERS.items()},
            grads=Grads(
                "g = blank(layers); backprop(layers, g, X, y)",
                {name: f"g{place}" for name, place in PARAMETERS.items()},
            ),
            inputs="X",
            labels="y",
            outputs="run(layers, X)[1]",
            train="log = fit(layers, X, y)",
        ),
    ),
    probes=(
        "accuracy(layers, X, y)",
        "(D := X + 3.0) is None or (tuned(D, 1.0, 2.0), D)",
        "concert(96, seed=1)",
    ),
    activations=(Activation("np.tanh(values[-1] @ W + b)", "(values[-1] @ W + b)", " * (1 - h**2)"),),
    softmax=Softmax(" - z.max(axis=1, keepdims=True)", "e.sum(axis=1, keepdims=True)", "e"),
    output="e / e.sum(axis=1, keepdims=True)",
    rates={"rate=0.08": 0.08},
    high=500.0,
    updates=(STEP,),
    x="X",
    particular={
        "GC123": (
            (
                (
                    "    probs = run(layers, X)[1]\n    return np.mean(-np.log(probs[np.arange(len(y)), y] + 1e-12))",
                    "    probs, hot = run(layers, X)[1], np.eye(3)[y]\n    return -np.sum(hot * np.log(probs + 1e-12) + (1 - hot) * np.log(1 - probs + 1e-12)) / len(y)",
                ),
            ),
        ),
        "GC404": ((("return (X - middle) / spread", "X -= middle\nX /= spread\nreturn X"),),),
        "GC406": (((STEP, "p = p - rate * v"),),),
        "GC601": ((("    d[np.arange(len(y)), y] -= 1\n", ""),),),
        "GC603": (((DRAWN, "rng.normal(0, 30, (n, m))"),),),
        "GC604": (((DRAWN, "0.01 * rng.standard_normal((n, m))"),),),
        "GC605": (((DRAWN, f"{DRAWN} * (200 if m == 3 else 1)"),),),
        "GC607": ((("rate=0.08", "rate=1e-9"),),),
        "GC622": (((DRAWN, "np.full((n, m), 0.3)"),),),
        "GC624": (((DRAWN, f"0.01 * {DRAWN}"),),),
        "GC701": ((("return (X - middle) / spread", "return X"),),),
        "GC702": (
            (
                (
                    "backprop(layers, grads, X[rows], y[rows])",
                    "backprop(layers, grads, X[rows], y[k : k + size])",
                ),
            ),
        ),
        "GC703": ((("order = rng.permutation(len(y))", "order = np.argsort(y)"),),),
        "GC704": (((SPLIT, SPLIT.replace("X[64:], y[64:]", "X[32:64], y[32:64]")),),),
        "GC705": (((HEARD, "tuned(X_hear, X_hear.mean(axis=0), X_hear.std(axis=0))"),),),
        "GC706": (
            (
                (LOG, LOG.replace(", y]", ", y - 1]")),
                ("d[np.arange(len(y)), y] -= 1", "d[np.arange(len(y)), y - 1] -= 1"),
            ),
        ),
        "GC707": ((("values = [X]", "values = [np.zeros_like(X)]"),),),
        "GC722": ((("run(layers, X)[1].argmax(axis=1)", "run(layers, X)[1].argmax(axis=0)"),),),
        "GC723": ((("np.mean(named(layers, X) == y)", "np.mean(named(layers, X)[:, None] == y)"),),),
        "GC725": (
            (
                (
                    NORM
                    + "            for pair, slopes, moving in zip(layers, grads, speeds, strict=True):\n",
                    "            for pair, slopes, moving in zip(layers, grads, speeds, strict=True):\n",
                ),
                (CLEAR, CLEAR + NORM),
            ),
        ),
        "GC805": (
            (
                (
                    "in zip(layers, grads, speeds, strict=True):",
                    "in zip(layers[:-1], grads, speeds, strict=False):",
                ),
            ),
        ),
        "GC809": (((STEP, "v = p - rate * v"),),),
    },
)
