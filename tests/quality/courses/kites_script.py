"""The roles of kites_script."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Course

NAMES = ("W1", "gain", "offset", "W2", "b2", "W3", "b3")
STATISTICS = "    else:\n        mean, var = avg_mean, avg_var\n"
KEEP = "        keep = np.random.default_rng(6).random(h1.shape) < P_KEEP\n"
DROP = "        drop = keep / P_KEEP\n"

COURSE = Course(
    network(
        "kites_script",
        Wiring(
            setup="X, Y = load(60, seed=1)",
            loss="loss(X, Y)",
            params={name: f"m.{name}" for name in NAMES},
            grads=Grads("g = backward(X, Y)", {name: f"g[{i}]" for i, name in enumerate(NAMES)}),
            inputs="X",
            labels="Y",
            outputs="chance(X)",
            train="curve = train(X, Y)",
        ),
    ),
    probes=(
        "accuracy(X, Y)",
        "(D := X + 3.0) is None or (zscored(D, 1.0, 2.0), D)",
        "fly(90, seed=1)",
    ),
    rows=False,
    particular={
        "GC503": (
            (
                (
                    "-Y * np.log(p + 1e-12) - (1 - Y) * np.log(1 - p + 1e-12)",
                    "-Y * np.log(p) - (1 - Y) * np.log(1 - p)",
                ),
            ),
        ),
        "GC149": ((("9.0 * wind.T + 40.0", "9.0 * wind.reshape(3, n) + 40.0"),),),
        "GC150": ((("np.dot(W3, h2) + b3", "np.dot(W3, h1) + b3"),),),
        "GC151": (
            (("    TRAINING = False\n", ""),),
            (
                (
                    f"    if TRAINING:\n{KEEP}{DROP}    else:\n        drop = np.ones_like(h1)\n",
                    "    keep = np.random.default_rng(6).random(h1.shape) < P_KEEP\n    drop = keep / P_KEEP\n",
                ),
            ),
        ),
        "GC152": (
            ((DROP, "        drop = keep.astype(float)\n"),),
            ((DROP, "        drop = keep / (1 - P_KEEP)\n"),),
        ),
        "GC153": (
            ((STATISTICS, "    mean, var = avg_mean, avg_var\n"),),
            (("n1 = (z1 - mean) / sd", "n1 = (z1 - avg_mean) / sd"),),
        ),
        "GC310": (
            (
                ("W1 = W1 - rate * gW1", "W1 = W1 - rate * (gW1 + 2 * LAM * W1)"),
                ("W2 = W2 - rate * gW2", "W2 = W2 - rate * (gW2 + 2 * LAM * W2)"),
                ("W3 = W3 - rate * gW3", "W3 = W3 - rate * (gW3 + 2 * LAM * W3)"),
            ),
            (("W2 = W2 - rate * gW2", "W2 = (1 - 2 * rate * LAM) * W2 - rate * gW2"),),
        ),
        "GC312": (
            (
                ("np.sum(e3, axis=1, keepdims=True) + 2 * LAM * b3", "np.sum(e3, axis=1, keepdims=True)"),
                ("np.sum(e2, axis=1, keepdims=True) + 2 * LAM * b2", "np.sum(e2, axis=1, keepdims=True)"),
            ),
        ),
    },
)
