"""The roles of reefs_twofold."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Course

NAMES = ("W1", "b1", "g", "s", "W2", "b2")
DRAW = 'np.random.default_rng(seed).binomial(1, KEEP, size=c["t1"].shape)'
MASK = f"{DRAW} / KEEP"
STEP = "p[name] = p[name] - rate / (1 + 0.05 * epoch) * speed[name]"
MORE = "grads[name] = grads[name] + 2 * LAMBDA * w"

COURSE = Course(
    network(
        "reefs_twofold",
        Wiring(
            setup="x, t = reefs(56, seed=1); p, running = init(seed=1)",
            loss="cost(p, running, x, t)",
            params=items(NAMES, "p['{}']"),
            grads=Grads("g = gradient(p, running, x, t)", items(NAMES, "g['{}']")),
            inputs="x",
            labels="t",
            outputs="forward_test(p, running, x)",
            train="costs = train(p, running, x, t)",
        ),
    ),
    probes=(
        "share_right(p, running, x, t)",
        "(D := x + 3.0) is None or (adjusted(D, 1.0, 2.0), D)",
        "dive(80, seed=1)",
    ),
    rows=False,
    particular={
        "GC143": (
            (
                (
                    '    c["a2"] = sigmoid(p["W2"] @ c["a1"] + p["b2"])',
                    '    c["a2"] = np.maximum(p["W2"] @ c["a1"] + p["b2"], 0)',
                ),
                ('return sigmoid(p["W2"] @ a1 + p["b2"])', 'return np.maximum(p["W2"] @ a1 + p["b2"], 0)'),
                ("np.log(1 - a + 1e-12)", "np.log(np.abs(1 - a) + 1e-12)"),
            ),
        ),
        "GC149": ((("25.0 * points.T + 10.0", "25.0 * points.reshape(4, n) + 10.0"),),),
        "GC151": (
            (
                (
                    "return forward_test(p, running, x) > 0.5",
                    'return forward_train(p, running, x)["a2"] > 0.5',
                ),
            ),
            (
                (
                    'a1 = np.tanh(p["g"] * hat + p["s"])\n    return',
                    'a1 = np.tanh(p["g"] * hat + p["s"])\n    a1 = a1 * np.random.default_rng(2).binomial(1, KEEP, size=a1.shape) / KEEP\n    return',
                ),
            ),
        ),
        "GC152": (((MASK, DRAW),), ((MASK, f"{DRAW} / (1 - KEEP)"),)),
        "GC153": (
            (
                ('c["hat"] = (z1 - mu) / c["std"]', 'c["hat"] = (z1 - running["mu"]) / c["std"]'),
                ('c["std"] = np.sqrt(var + EPS)', 'c["std"] = np.sqrt(running["var"] + EPS)'),
            ),
            (
                (
                    'c["std"] = np.sqrt(var + EPS)',
                    'mu, var = running["mu"], running["var"]\nc["std"] = np.sqrt(var + EPS)',
                ),
            ),
        ),
        "GC310": (
            ((STEP, STEP.replace("speed[name]", "(speed[name] + 2 * LAMBDA * p[name])")),),
            ((STEP, f"{STEP}\np[name] = p[name] - rate * LAMBDA * p[name]"),),
        ),
        "GC312": (
            (
                (
                    "    for name, w in p.items():\n        grads",
                    '    for name, w in [("W1", p["W1"]), ("W2", p["W2"])]:\n        grads',
                ),
            ),
            ((MORE, MORE + ' * (name[0] in "Wg")'),),
        ),
    },
)
