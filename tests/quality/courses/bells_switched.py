"""The roles of bells_switched."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Course, Softmax

PLACES = {
    "w1": "stack[0].w",
    "b1": "stack[0].b",
    "scale": "stack[1].scale",
    "shift": "stack[1].shift",
    "w2": "stack[4].w",
    "b2": "stack[4].b",
}
LOG = "-np.mean(np.log(self.chances(x)[np.arange(len(y)), y] + 1e-12))"
STEP = "a -= rate * g"
MASK = "(dice.random(x.shape) > self.rate) / (1 - self.rate)"

COURSE = Course(
    network(
        "bells_switched",
        Wiring(
            setup="x, y = foundry(60, seed=1); net = Bells(seed=1)",
            loss="net.loss(x, y)",
            params={name: f"net.{place}" for name, place in PLACES.items()},
            grads=Grads("g = net.back(x, y)", {name: f"g[{i}]" for i, name in enumerate(PLACES)}),
            inputs="x",
            labels="y",
            outputs="net.probabilities(x)",
            train="net.fit(x, y)",
        ),
    ),
    probes=(
        "net.accuracy(x[:25], y[:25])",
        "(D := x + 3.0) is None or (standard(D, 1.0, 2.0), D)",
        "ring(90, seed=1)",
    ),
    softmax=Softmax(" - x.max(axis=1, keepdims=True)", "e.sum(axis=1, keepdims=True)", "e"),
    particular={
        "GC123": (
            (
                (
                    f"        data = {LOG}\n",
                    "        p, t = self.chances(x), np.eye(3)[y]\n        data = -np.sum(t * np.log(p + 1e-12) + (1 - t) * np.log(1 - p + 1e-12)) / len(y)\n",
                ),
            ),
        ),
        "GC146": (
            (
                (
                    "        return e / e.sum(axis=1, keepdims=True)",
                    "        e = np.exp(e / e.sum(axis=1, keepdims=True))\n        return e / e.sum(axis=1, keepdims=True)",
                ),
            ),
        ),
        "GC151": (
            (("        if not self.training:\n            return x\n", ""),),
            (("        self.eval()\n", ""),),
            (
                (
                    "        for layer in self.stack:\n            layer.training = training",
                    "        self.training = training",
                ),
            ),
        ),
        "GC152": (
            ((MASK, "(dice.random(x.shape) > self.rate) * 1.0"),),
            ((MASK, "(dice.random(x.shape) > self.rate) / self.rate"),),
        ),
        "GC153": (
            (
                (
                    "        else:\n            mean, var = self.mean, self.var",
                    "        mean, var = self.mean, self.var",
                ),
            ),
            (("self.hat = (x - mean) * self.inverse", "self.hat = (x - self.mean) * self.inverse"),),
        ),
        "GC310": (
            ((STEP, "a -= rate * (g + self.penalty * a)"),),
            ((STEP, "a *= 1 - rate * self.penalty\na -= rate * g"),),
        ),
        "GC312": (
            (
                (
                    "[g + self.penalty * a for layer in self.stack for g, a in zip(layer.slopes(), layer.arrays())]",
                    "[g + self.penalty * a * (a.ndim == 2) for layer in self.stack for g, a in zip(layer.slopes(), layer.arrays())]",
                ),
            ),
        ),
    },
)
