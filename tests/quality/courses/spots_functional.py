"""The roles of spots_functional."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Activation, Course, Draw, Softmax

NAMES = ("W1", "b1", "W2", "b2")
LOG = "t * np.log(a2 + 1e-12)"
NEW = "new[key] = theta[key] - eta * m / (np.sqrt(v) + eps)"
M, V = 'm = state["m"][key] / (1 - b1 ** state["t"])', 'v = state["v"][key] / (1 - b2 ** state["t"])'
ENTRY = 'z1 = theta["W1"].dot(x) + theta["b1"]'
HELD = "x_held, t_held = x[:, cut:], t[:, cut:]"

COURSE = Course(
    network(
        "spots_functional",
        Wiring(
            setup="x, t = inputs(50, seed=1); theta = parameters(seed=1)",
            loss="cost(x, t, theta, 0.002)",
            params=items(NAMES, "theta['{}']"),
            grads=Grads("g = backprop(x, t, theta, 0.002)", items(NAMES, "g['{}']")),
            inputs="x",
            labels="t",
            outputs="propagate(x, theta)['a2']",
            train="theta, history = optimise(x, t, theta)",
        ),
    ),
    probes=(
        "share_right(x, t, theta)",
        "(D := x + 3.0) is None or (scale(D, 1.0, 2.0), D)",
        "summary(x, t, x[:, :9], t[:, :9], theta)",
        "whole(60, seed=1)",
    ),
    activations=(
        Activation(
            "np.log1p(np.exp(z1))", "z1", ' / (1 + np.exp(-cache["z1"]))', "np.logaddexp(0, z1, out=z1)"
        ),
    ),
    additions={
        ENTRY: 'z1 = theta["W1"].dot(x)',
        'z2 = theta["W2"].dot(a1) + theta["b2"]': 'z2 = theta["W2"].dot(a1)',
    },
    softmax=Softmax(" - np.max(z2, axis=0, keepdims=True)", "np.sum(e, axis=0, keepdims=True)", "e"),
    draws=(
        Draw('"W1": ', "rng.standard_normal((sizes[1], sizes[0])) * 0.7", "(sizes[1], sizes[0])", ("W1",)),
        Draw('"W2": ', "rng.standard_normal((sizes[2], sizes[1])) * 0.4", "(sizes[2], sizes[1])", ("W2",)),
    ),
    rates={"eta=0.03": 0.03},
    high=1000.0,
    squares={'np.sum(theta["W1"] ** 2)': 'theta["W1"]', 'np.sum(theta["W2"] ** 2)': 'theta["W2"]'},
    penalised={
        'grads["W2"] = d2.dot(cache["a1"].T) / n + lam * theta["W2"]': 'lam * theta["W2"]',
        'grads["W1"] = d1.dot(x.T) / n + lam * theta["W1"]': 'lam * theta["W1"]',
    },
    delta='d2 = cache["a2"] - t',
    outputs='cache["a2"]',
    loss="-np.sum(t * np.log(",
    entry=ENTRY,
    x="x",
    rows=False,
    particular={
        "GC121": (((LOG, "t * np.log(t + 1e-12 + 0 * a2)"),),),
        "GC123": (((LOG, f"{LOG} + (1 - t) * np.log(1 - a2 + 1e-12)"),),),
        "GC146": (
            (
                (
                    "a2 = e / np.sum(e, axis=0, keepdims=True)",
                    "p = np.exp(e / np.sum(e, axis=0, keepdims=True))\na2 = p / np.sum(p, axis=0, keepdims=True)",
                ),
            ),
        ),
        "GC149": ((("50.0 * points.T + 300.0", "50.0 * points.reshape(2, n) + 300.0"),),),
        "GC310": (((NEW, NEW.replace("theta[key] - eta", "(1 - 0.002 * eta) * theta[key] - eta")),),),
        "GC311": ((("lam=0.002", "lam=2.0"),),),
        "GC312": (
            (
                (
                    'squares = np.sum(theta["W1"] ** 2)',
                    'squares = np.sum(theta["b1"] ** 2) + np.sum(theta["b2"] ** 2) + np.sum(theta["W1"] ** 2)',
                ),
            ),
        ),
        "GC404": ((("return (x - mean) / std", "x -= mean\nx /= std\nreturn x"),),),
        "GC501": ((("* 0.4,", "* 1e308,"),),),
        "GC504": (((LOG, "t * np.log(np.maximum(a2, 0.3))"),), ((LOG, "t * np.log(np.clip(a2, 0.3, 0.9))"),)),
        "GC505": (((' "a2": a2}', ' "a2": a2.astype(np.float32)}'),),),
        "GC522": ((('d2 = cache["a2"] - t', 'd2 = (cache["a2"] - t).astype(int)'),),),
        "GC601": ((('d2 = cache["a2"] - t', 'd2 = cache["a2"]'),),),
        "GC602": (
            (("rng.standard_normal((sizes[1], 1)) * 0.1", "rng.standard_normal((sizes[1], 1)) * 0.1 - 30"),),
        ),
        "GC606": (
            (
                ("rng.standard_normal((sizes[1], sizes[0])) * 0.7", "np.full((sizes[1], sizes[0]), 0.7)"),
                ("rng.standard_normal((sizes[1], 1)) * 0.1", "np.zeros((sizes[1], 1))"),
                ("rng.standard_normal((sizes[2], sizes[1])) * 0.4", "np.full((sizes[2], sizes[1]), 0.4)"),
            ),
        ),
        "GC607": ((("eta=0.03", "eta=1e-9"),),),
        "GC608": ((("eta=0.03", "eta=3"),),),
        "GC701": ((("return (x - mean) / std", "return x"),),),
        "GC702": (
            (
                (
                    "backprop(x[:, pick], t[:, pick], theta, lam)",
                    "backprop(x[:, pick], t[:, left : left + width], theta, lam)",
                ),
            ),
        ),
        "GC703": (
            (("columns = draws.permutation(x.shape[1])", "columns = np.argsort(np.argmax(t, axis=0))"),),
        ),
        "GC704": (((HELD, "x_held, t_held = x[:, : n - cut], t[:, : n - cut]"),),),
        "GC705": (
            (
                (
                    "entropy(scale(x_held, mean, std), t_held, theta)",
                    "entropy(scale(x_held, x_held.mean(axis=1, keepdims=True), x_held.std(axis=1, keepdims=True)), t_held, theta)",
                ),
            ),
        ),
        "GC707": (
            (("return (x - mean) / std", "scaled = np.zeros(x.shape)\nreturn scaled"),),
            ((ENTRY, 'z1 = theta["W1"].dot(np.zeros(x.shape)) + theta["b1"]'),),
        ),
        "GC722": (
            (
                (
                    'np.argmax(propagate(x, theta)["a2"], axis=0)',
                    'np.argmax(propagate(x, theta)["a2"], axis=1)',
                ),
            ),
        ),
        "GC723": (
            (
                (
                    "np.mean(classes(x, theta) == np.argmax(t, axis=0))",
                    "np.mean(classes(x, theta)[:, None] == np.argmax(t, axis=0))",
                ),
            ),
        ),
        "GC724": (
            (
                (
                    "return entropy(x, t, theta), entropy(x_held",
                    "return cost(x, t, theta, 0.002), entropy(x_held",
                ),
            ),
        ),
        "GC801": (((NEW, NEW.replace(" - eta", " + eta")),),),
        "GC805": (
            (
                (
                    "for key, g in grads.items():",
                    'new.update(W1=theta["W1"], b1=theta["b1"])\nfor key, g in list(grads.items())[:2]:',
                ),
            ),
        ),
        "GC806": (((NEW, NEW.replace("theta[key] - eta", "-eta")),),),
        "GC809": (
            (("theta = adam_step(theta, grads, state, eta)", "grads = adam_step(theta, grads, state, eta)"),),
        ),
        "GC823": (
            ((M, 'm = state["m"][key]'), (V, 'v = state["v"][key]')),
            ((V, 'v = state["v"][key]'),),
            ((M, 'm = state["m"][key]'),),
        ),
        "GC824": (
            (
                ('    state["t"] += 1\n', ""),
                (
                    "    for key, g in grads.items():\n",
                    '    for key, g in grads.items():\n        state["t"] += 1\n',
                ),
            ),
        ),
        "GC825": (
            (
                (
                    "            grads = backprop(x[:, pick], t[:, pick], theta, lam)\n",
                    '            grads = backprop(x[:, pick], t[:, pick], theta, lam)\n            state = {"t": 0, "m": dict(zeros), "v": dict(zeros)}\n',
                ),
            ),
        ),
        "GC826": (((NEW, NEW.replace("(np.sqrt(v) + eps)", "np.sqrt(v + eps)")),),),
    },
)
