"""The roles of ferns_modes."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Course

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3", "gamma", "beta")
STEP = "self.model.params[name] = w - self.rate * grads[name]"
MASK = "(rng.rand(*x.shape) < p) / p"
POINTS = "np.array([np.cos(turn), np.sin(turn), 0.4 * y])"
LOSS = "return -logs[np.arange(len(y)), y].mean(), dscores / len(y)"

COURSE = Course(
    network(
        "ferns_modes",
        Wiring(
            setup="X, y = get_ferns(60, seed=1); net = FernNet(seed=1)",
            loss="net.loss(X, y)",
            params=items(NAMES, "net.params['{}']"),
            grads=Grads("g = net.grads(X, y)", items(NAMES, "g['{}']")),
            inputs="X",
            labels="y",
            outputs="net.probabilities(X)",
            train="history = Solver(net).train(X, y)",
        ),
    ),
    probes=(
        "net.check_accuracy(X[:25], y[:25])",
        "(D := X + 3.0) is None or (levelled(D, 1.0, 2.0), D)",
        "grow(84, seed=1)",
    ),
    particular={
        "GC123": (
            (
                (
                    LOSS,
                    "p, t = np.exp(logs), np.eye(4)[y]\nreturn -np.sum(t * logs + (1 - t) * np.log(1 - p + 1e-12)) / len(y), dscores / len(y)",
                ),
            ),
        ),
        "GC149": (((f"{POINTS}.T", f"{POINTS}.reshape(n, 3)"),),),
        "GC150": ((("affine_forward(h2, p", "affine_forward(h1, p"),),),
        "GC151": (
            (('self.scores(X, "test"), axis=1', 'self.scores(X, "train"), axis=1'),),
            (
                (
                    '    if param["mode"] == "train":\n        rng = np.random.RandomState(param["seed"])\n',
                    '    if param["mode"]:\n        rng = np.random.RandomState(param["seed"])\n',
                ),
            ),
            (('        self.drop_param["mode"] = mode\n', ""),),
        ),
        "GC152": (((MASK, "rng.rand(*x.shape) < p"),), ((MASK, "(rng.rand(*x.shape) < p) / (1 - p)"),)),
        "GC153": (
            (
                (
                    '        param["var"] = 0.9 * param["var"] + 0.1 * var\n',
                    '        param["var"] = 0.9 * param["var"] + 0.1 * var\n        mu, var = param["mean"], param["var"]\n',
                ),
            ),
            (("xhat = (x - mu) / std", 'xhat = (x - param["mean"]) / std'),),
        ),
        "GC310": (
            ((STEP, "self.model.params[name] = w - self.rate * (grads[name] + self.model.reg * w)"),),
            ((STEP, "self.model.params[name] = w * (1 - self.rate * 0.002) - self.rate * grads[name]"),),
        ),
        "GC312": (
            (("        for name in g:\n", '        for name in ("W1", "W2", "W3", "gamma"):\n'),),
            (("        for name in g:\n", '        for name in g.keys() - {"b1", "b2", "b3"}:\n'),),
        ),
    },
)
