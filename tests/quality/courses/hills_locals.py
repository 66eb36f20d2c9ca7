"""The roles of hills_locals."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Course, Draw

NAMES = ("w1", "c1", "w2", "c2", "w3", "c3")
SQUARE = "(predict(net, X)[-1] - y) ** 2"
STEPS = tuple(f"{name} -= eta_now * v_{name}" for name in NAMES)
VELOCITIES = tuple(f"v_{name} = mu * v_{name} + s[{i}]" for i, name in enumerate(NAMES))
SLOPES = "            s = shortened(slopes(net, X[hand], y[hand]), 1.0)\n"

COURSE = Course(
    network(
        "hills_locals",
        Wiring(
            setup="X, y = survey(48, seed=1); net = new_network(seed=1)",
            loss="total(net, X, y)",
            params={name: f"net[{i}]" for i, name in enumerate(NAMES)},
            grads=Grads("g = slopes(net, X, y)", {name: f"g[{i}]" for i, name in enumerate(NAMES)}),
            inputs="X",
            labels="y",
            outputs="predict(net, X)[-1]",
            train="record = learn(net, X, y)",
        ),
    ),
    probes=(
        "in_parts(net, X, y)",
        "(D := X + 3.0) is None or (unit(D, 1.0, 2.0), D)",
        "walk(60, seed=1)",
    ),
    additions={"X @ w1 + c1": "X @ w1", "h1 @ w2 + c2": "h1 @ w2", "h2 @ w3 + c3": "h2 @ w3"},
    output="h2 @ w3 + c3",
    draws=(
        Draw("w1 = ", "rng.normal(0, 0.7, (3, 6))", "(3, 6)", ("w1",)),
        Draw("w2 = ", "rng.normal(0, 0.5, (6, 6))", "(6, 6)", ("w2",)),
        Draw("w3 = ", "rng.normal(0, 0.5, (6, 1))", "(6, 1)", ("w3",)),
    ),
    rates={"eta=0.06": 0.06},
    high=1000.0,
    strength=("WEIGHT_DECAY = ", 0.0005),
    penalised={
        f"s_w{k} = {left}.T @ d{k} + 2 * WEIGHT_DECAY * w{k}": f"2 * WEIGHT_DECAY * w{k}"
        for k, left in ((1, "X"), (2, "h1"), (3, "h2"))
    },
    updates=STEPS,
    delta="d3 = 2 * (out - y) / len(X)",
    outputs="out",
    entry="h1 = np.maximum(0, X @ w1 + c1)",
    x="X",
    particular={
        "GC143": (
            (
                ("return h1, h2, h2 @ w3 + c3", "return h1, h2, np.maximum(0, h2 @ w3 + c3)"),
                ("d3 = 2 * (out - y) / len(X)", "d3 = 2 * (out - y) * (out > 0) / len(X)"),
            ),
        ),
        "GC150": ((("return h1, h2, h2 @ w3 + c3", "return h1, h2, h1 @ w3 + c3"),),),
        "GC310": (
            ((STEPS[0], STEPS[0] + " + eta_now * WEIGHT_DECAY * w1"),),
            ((VELOCITIES[2], "v_w2 = mu * v_w2 + s[2] + 2 * WEIGHT_DECAY * w2"),),
        ),
        "GC312": ((("for i in (0, 2, 4))", "for i in range(6))"),),),
        "GC604": (
            (
                ("rng.normal(0, 0.5, (6, 6))", "rng.normal(0, 0.005, (6, 6))"),
                ("rng.normal(0, 0.5, (6, 1))", "rng.normal(0, 0.005, (6, 1))"),
            ),
        ),
        "GC506": (
            (
                ("c1 = rng.normal(0, 0.1, 6)", "c1 = np.zeros(6)"),
                (
                    "    return unit(at, at.min(axis=0), at.max(axis=0)), height",
                    "    X = unit(at, at.min(axis=0), at.max(axis=0))\n    X[0] = 0\n    return X, height",
                ),
            ),
        ),
        "GC521": (
            ((SQUARE, "(predict(net, X)[-1] - y[:, 0]) ** 2"),),
            ((SQUARE, "(predict(net, X)[-1].ravel() - y) ** 2"),),
        ),
        "GC523": (
            (
                ("rng.normal(0, 0.7, (3, 6))", "rng.integers(-1, 2, (3, 6))"),
                (STEPS[0], "w1[...] = w1 - eta_now * v_w1"),
            ),
        ),
        "GC701": ((("return 2 * (at - low) / (high - low) - 1", "return at"),),),
        "GC702": ((("slopes(net, X[hand], y[hand])", "slopes(net, X[hand], y[low : low + size])"),),),
        "GC803": (
            (
                (
                    "    record = []\n",
                    "    record = []\n    sums = [np.zeros(array.shape) for array in net]\n",
                ),
                (
                    SLOPES,
                    (
                        "            sums = [a + b for a, b in zip(sums, slopes(net, X[hand], y[hand]))]\n"
                        "            s = shortened(sums, 1.0)\n"
                    ),
                ),
            ),
        ),
        "GC804": (
            (
                (f"            {VELOCITIES[2]}\n            {VELOCITIES[3]}\n", ""),
                (
                    f"            {STEPS[1]}\n",
                    f"            {STEPS[1]}\n{SLOPES}            {VELOCITIES[2]}\n            {VELOCITIES[3]}\n",
                ),
            ),
        ),
        "GC821": (
            tuple(
                (velocity, velocity.replace(f"mu * v_{name} + ", ""))
                for velocity, name in zip(VELOCITIES, NAMES, strict=True)
            ),
            tuple(
                (
                    text,
                    text.replace(f"v_{name} = ", f"speed_{name} = ")
                    if text in VELOCITIES
                    else text.replace("v_", "speed_"),
                )
                for name, *texts in zip(NAMES, VELOCITIES, STEPS, strict=True)
                for text in texts
            ),
        ),
        "GC822": (
            ((VELOCITIES[3], "v_c2 = mu * v_c1 + s[3]"),),
            ((VELOCITIES[1], "v_c1 = mu * v_c2 + s[1]"),),
        ),
        "GC827": (
            (
                (
                    "        return [s * longest / length for s in all_slopes]",
                    "        return [np.clip(s, -longest, longest) for s in all_slopes]",
                ),
            ),
        ),
        "GC828": (
            (("eta_now = eta / (1 + 0.03 * sweep)", "eta_now = eta / (1 + 0.03 * (sweep // 1000))"),),
            tuple((step, step.replace("eta_now", "eta")) for step in STEPS),
        ),
    },
)
