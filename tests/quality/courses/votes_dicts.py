"""The roles of votes_dicts."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Course

NAMES = ("W0", "b0", "W1", "b1", "W2", "b2")
LOG = "y * np.log(chance + 1e-12) + (1 - y) * np.log(1 - chance + 1e-12)"
SPEED, STEP = "speed[key] = mu * speed[key] - rate * grads[key]", "p[key] = p[key] + speed[key]"
CLEAR = "            grads = zeros_like(p)\n"

COURSE = Course(
    network(
        "votes_dicts",
        Wiring(
            setup="X, y = poll(48, seed=1); p = weights(seed=1)",
            loss="cost(p, X, y)",
            params=items(NAMES, "p['{}']"),
            grads=Grads("g = zeros_like(p); backprop(p, X, y, g)", items(NAMES, "g['{}']")),
            inputs="X",
            labels="y",
            outputs="propagate(p, X)[-1]",
            train="diary = campaign(p, X, y)",
        ),
    ),
    probes=(
        "share_in_parts(p, X, y)",
        "(D := X + 3.0) is None or (standard(D, 1.0, 2.0), D)",
        "election(60, seed=1)",
    ),
    rates={"rate=0.2": 0.2},
    high=500.0,
    strength=("LAMBDA = ", 0.001),
    loss="-np.mean(y * np.log(",
    delta="delta = (a[-1] - y) / len(X)",
    outputs="a[-1]",
    x="X",
    particular={
        "GC143": (
            (
                (
                    'a.append(1 / (1 + np.exp(-(a[-1] @ p["W2"] + p["b2"]))))',
                    'a.append(np.tanh(a[-1] @ p["W2"] + p["b2"]))',
                ),
                (
                    "    chance = propagate(p, X)[-1]\n    return -np",
                    "    chance = np.clip(propagate(p, X)[-1], 1e-7, 1 - 1e-7)\n    return -np",
                ),
            ),
        ),
        "GC150": ((('(a[-1] @ p["W2"] + p["b2"])', '(a[-2] @ p["W2"] + p["b2"])'),),),
        "GC310": (
            ((STEP, "p[key] = p[key] + speed[key] - rate * LAMBDA * p[key]"),),
            ((SPEED, "speed[key] = mu * speed[key] - rate * (grads[key] + LAMBDA * p[key])"),),
        ),
        "GC312": (
            (('np.sum(p[f"W{i}"] ** 2) for i', 'np.sum(p[f"W{i}"] ** 2) + np.sum(p[f"b{i}"] ** 2) for i'),),
        ),
        "GC503": (((LOG, "y * np.log(chance) + (1 - y) * np.log(1 - chance)"),),),
        "GC504": (((LOG, LOG.replace("chance + 1e-12", "np.maximum(chance, 0.45)", 1)),),),
        "GC521": (
            (("    chance = propagate(p, X)[-1]\n", "    chance = propagate(p, X)[-1][:, 0]\n"),),
            (("    chance = propagate(p, X)[-1]\n", "    chance, y = propagate(p, X)[-1], y.ravel()\n"),),
        ),
        "GC701": ((("return (answers - mean) / std", "return answers"),),),
        "GC723": ((("np.mean(decide(p, X) == (y > 0.5))", "np.mean(decide(p, X).ravel() == (y > 0.5))"),),),
        "GC801": (((SPEED, SPEED.replace("- rate", "+ rate")),),),
        "GC803": (((CLEAR, ""), ("    diary = []\n", "    diary = []\n    grads = zeros_like(p)\n")),),
        "GC805": (
            (("    for key in p:\n        speed[key]", "    for key in list(p)[:4]:\n        speed[key]"),),
        ),
        "GC806": (((STEP, "p[key] = speed[key]"),),),
        "GC809": (((STEP, "new = p[key] + speed[key]"),),),
        "GC821": (
            ((SPEED, "speed[key] = -rate * grads[key]"),),
            ((SPEED, SPEED.replace("speed[key] = ", "now = ")), (STEP, "p[key] = p[key] + now")),
        ),
        "GC822": (
            (
                (
                    "    speed = zeros_like(p)\n",
                    "    speed = {value.shape: np.zeros(value.shape) for value in p.values()}\n",
                ),
                (SPEED, SPEED.replace("speed[key]", "speed[p[key].shape]")),
                (STEP, "p[key] = p[key] + speed[p[key].shape]"),
            ),
        ),
        "GC827": (
            (("grads[key] = scale * grads[key]", "grads[key] = np.clip(grads[key], -longest, longest)"),),
        ),
        "GC828": (
            (("now = rate * 0.96**turn", "now = rate * 0.96 ** (turn // 1000)"),),
            (("move(p, grads, speed, now)", "move(p, grads, speed, rate)"),),
        ),
    },
)
