"""The roles of waves_lists."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Activation, Course, Draw

STEP = "array -= rate * velocity"
VELOCITY = "            velocity *= mu\n            velocity += slope\n"
SPLIT = "X_old, y_old, X_new, y_new = X[:half], y[:half], X[half:], y[half:]"
NEW = "rescale(X_old, low, high), y_old, rescale(X_new, low, high), y_new)"

COURSE = Course(
    network(
        "waves_lists",
        Wiring(
            setup="X, y = sample(40, seed=1); weights, biases = initial(seed=1)",
            loss="objective(weights, biases, X, y)",
            params={f"{a}{i}": f"{'weights' if a == 'w' else 'biases'}[{i}]" for i in range(3) for a in "wb"},
            grads=Grads(
                "gw, gb = derivatives(weights, biases, X, y)",
                {f"{a}{i}": f"g{a}[{i}]" for i in range(3) for a in "wb"},
            ),
            inputs="X",
            labels="y",
            outputs="outputs(weights, biases, X)[-1]",
            train="errors = descend(weights, biases, X, y)",
        ),
    ),
    probes=(
        "mean_error(weights, biases, X, y)",
        "losses(weights, biases, X, y, X[:9], y[:9])",
        "study(50, seed=1)",
    ),
    activations=(
        Activation("np.tanh(z1)", "z1", " * (1 - h1**2)", "np.tanh(z1, out=z1)"),
        Activation("np.tanh(z2)", "z2", " * (1 - h2**2)", "np.tanh(z2, out=z2)"),
    ),
    additions={
        "X @ weights[0] + biases[0]": "X @ weights[0]",
        "h1 @ weights[1] + biases[1]": "h1 @ weights[1]",
        "(h2 @ weights[2] + biases[2])": "(h2 @ weights[2])",
    },
    output="(h2 @ weights[2] + biases[2])[:, 0]",
    draws=(
        Draw("[", "rng.normal(0, 0.6, (3, 5))", "(3, 5)", ("w0",)),
        Draw(" ", "rng.normal(0, 0.5, (5, 5))", "(5, 5)", ("w1",)),
        Draw(" ", "rng.normal(0, 0.4, (5, 1))", "(5, 1)", ("w2",)),
    ),
    rates={"rate=0.15": 0.15},
    strength=("DECAY = ", 0.001),
    squares={"np.sum(w**2)": "w"},
    penalised={
        "gw3 = h2.T @ d3 + 2 * DECAY * weights[2]": "2 * DECAY * weights[2]",
        "gw2 = h1.T @ d2 + 2 * DECAY * weights[1]": "2 * DECAY * weights[1]",
        "gw1 = X.T @ d1 + 2 * DECAY * weights[0]": "2 * DECAY * weights[0]",
    },
    updates=(STEP,),
    delta="d3 = (2 * (guess - y) / len(y))[:, None]",
    outputs="guess",
    entry="z1 = X @ weights[0] + biases[0]",
    x="X",
    particular={
        "GC121": (
            (
                (
                    "(outputs(weights, biases, X)[-1] - y) ** 2",
                    "(0 * outputs(weights, biases, X)[-1] - y) ** 2",
                ),
            ),
        ),
        "GC122": (
            (
                ("return np.mean((outputs", "return np.sum((outputs"),
                ("(2 * (guess - y) / len(y))[:, None]", "(2 * (guess - y))[:, None]"),
            ),
        ),
        "GC124": ((("return np.mean((outputs", "return -np.mean((outputs"),),),
        "GC143": (
            (
                (
                    "return h1, h2, (h2 @ weights[2] + biases[2])[:, 0]",
                    "return h1, h2, 1 / (1 + np.exp(-(h2 @ weights[2] + biases[2])[:, 0]))",
                ),
                (
                    "(2 * (guess - y) / len(y))[:, None]",
                    "(2 * (guess - y) * guess * (1 - guess) / len(y))[:, None]",
                ),
            ),
            (
                (
                    "return h1, h2, (h2 @ weights[2] + biases[2])[:, 0]",
                    "return h1, h2, np.maximum((h2 @ weights[2] + biases[2])[:, 0], 0)",
                ),
                ("(2 * (guess - y) / len(y))[:, None]", "(2 * (guess - y) * (guess > 0) / len(y))[:, None]"),
            ),
        ),
        "GC150": ((("(h2 @ weights[2] + biases[2])[:, 0]", "(h1 @ weights[2] + biases[2])[:, 0]"),),),
        "GC310": (((STEP, "array -= rate * (velocity + 2 * DECAY * array)"),),),
        "GC312": (
            (
                (
                    "        total += DECAY * np.sum(w**2)\n",
                    "        total += DECAY * np.sum(w**2)\n    for b in biases:\n        total += DECAY * np.sum(b**2)\n",
                ),
            ),
        ),
        "GC402": (
            (("[array.copy() for array in arrays]", "arrays"),),
            (("[array.copy() for array in arrays]", "list(arrays)"),),
        ),
        "GC404": (
            (
                (
                    "return 2 * (X - low) / (high - low) - 1",
                    "X -= low\nX *= 2 / (high - low)\nX -= 1\nreturn X",
                ),
            ),
        ),
        "GC406": (((STEP, "array = array - rate * velocity"),),),
        "GC407": (
            (("[array.copy() for array in arrays]", "arrays[:]"),),
            (("[array.copy() for array in arrays]", "arrays.copy()"),),
        ),
        "GC501": ((("rate=0.15", "rate=5e4"),),),
        "GC521": (
            (
                (
                    "(outputs(weights, biases, X)[-1] - y) ** 2",
                    "(outputs(weights, biases, X)[-1][:, None] - y) ** 2",
                ),
            ),
            (
                (
                    "(outputs(weights, biases, X)[-1] - y) ** 2",
                    "(outputs(weights, biases, X)[-1] - y.reshape(-1, 1)) ** 2",
                ),
            ),
        ),
        "GC522": (
            (
                (
                    "d3 = (2 * (guess - y) / len(y))[:, None]",
                    "d3 = np.zeros((len(y), 1), dtype=int)\nd3[:, 0] = 2 * (guess - y) / len(y)",
                ),
            ),
        ),
        "GC523": (
            (
                ("rng.normal(0, 0.6, (3, 5))", "rng.integers(-1, 2, (3, 5))"),
                (STEP, "array[...] = array - rate * velocity"),
                ("np.zeros_like(array) for array", "np.zeros(array.shape) for array"),
            ),
        ),
        "GC603": ((("rng.normal(0, 0.6, (3, 5))", "rng.normal(0, 60, (3, 5))"),),),
        "GC604": (
            (
                ("rng.normal(0, 0.5, (5, 5))", "rng.normal(0, 0.0005, (5, 5))"),
                ("rng.normal(0, 0.4, (5, 1))", "rng.normal(0, 0.0004, (5, 1))"),
            ),
        ),
        "GC605": ((("rng.normal(0, 0.4, (5, 1))", "rng.normal(0, 400, (5, 1))"),),),
        "GC606": (
            (
                ("rng.normal(0, 0.6, (3, 5))", "np.full((3, 5), 0.3)"),
                ("rng.normal(0, 0.5, (5, 5))", "np.full((5, 5), 0.3)"),
                ("rng.normal(0, 0.4, (5, 1))", "np.full((5, 1), 0.3)"),
                (
                    "[rng.normal(0, 0.1, 5), rng.normal(0, 0.1, 5), rng.normal(0, 0.1, 1)]",
                    "[np.zeros(5), np.zeros(5), np.zeros(1)]",
                ),
            ),
        ),
        "GC607": ((("rate=0.15", "rate=1e-9"),),),
        "GC608": ((("rate=0.15", "rate=1.2"), ("if patience > 20", "if patience > 200")),),
        "GC701": ((("return 2 * (X - low) / (high - low) - 1", "return X"),),),
        "GC702": ((("X, y = X[mixed], y[mixed]", "X, y = X[mixed], y"),),),
        "GC704": (((SPLIT, "X_old, y_old, X_new, y_new = X[:half], y[:half], X[:half], y[:half]"),),),
        "GC705": (
            (
                (
                    NEW,
                    "rescale(X_old, low, high), y_old, rescale(X_new, X_new.min(axis=0), X_new.max(axis=0)), y_new)",
                ),
            ),
        ),
        "GC707": (
            (
                (
                    "return 2 * (X - low) / (high - low) - 1",
                    "scaled = np.zeros(X.shape)\nreturn scaled",
                ),
            ),
            (("z1 = X @ weights[0] + biases[0]", "z1 = np.zeros(X.shape) @ weights[0] + biases[0]"),),
        ),
        "GC721": (
            (
                (
                    "total += mse(weights, biases, X[part], y[part]) * len(y[part])",
                    "total += mse(weights, biases, X[part], y[part])",
                ),
                ("return total / len(y)", "return total / len(range(0, len(y), size))"),
            ),
        ),
        "GC724": ((("return mse(weights, biases, X, y), ", "return objective(weights, biases, X, y), "),),),
        "GC804": (
            (
                (
                    "        for array, velocity, slope in zip(arrays, velocities, gw + gb, strict=True):\n",
                    "        for i, (array, velocity) in enumerate(zip(arrays, velocities, strict=True)):\n            gw, gb = derivatives(weights, biases, X, y)\n            slope = (gw + gb)[i]\n",
                ),
            ),
        ),
        "GC822": (
            (
                (
                    "    velocities = [np.zeros_like(array) for array in arrays]\n",
                    "    buffers = {array.shape: np.zeros_like(array) for array in arrays}\n    velocities = [buffers[array.shape] for array in arrays]\n",
                ),
            ),
        ),
        "GC805": (
            (
                ("arrays = weights + biases", "arrays = weights"),
                (
                    "slope in zip(arrays, velocities, gw + gb, strict=True)",
                    "slope in zip(arrays, velocities, gw, strict=True)",
                ),
            ),
        ),
        "GC809": (((STEP, "velocity = array - rate * velocity"),),),
        "GC821": (
            ((VELOCITY, "            velocity[...] = slope\n"),),
            ((VELOCITY, "            velocity = mu * velocity + slope\n"),),
        ),
    },
)
