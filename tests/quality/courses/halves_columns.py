"""The roles of halves_columns."""

from gradcheck.subject.wiring import Grads, Step, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Activation, Course, Draw

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
SPLIT = "fit, held = shuffled[: m // 2], shuffled[m // 2 :]"
HELD = "scaled(x[:, held], mean, dev)"
OWN = "scaled(x[:, held], x[:, held].mean(axis=1, keepdims=True), x[:, held].std(axis=1, keepdims=True))"
UPDATE = "setattr(self, name, getattr(self, name) - eta * mean / (np.sqrt(square) + eps))"
FIRST = "mean = self.first[name] / (1 - beta1**self.t)"
SECOND = "square = self.second[name] / (1 - beta2**self.t)"
LOG = "t * np.log(out) + (1 - t) * np.log(1 - out)"
BACK = "        d3 = self.a3 - t\n"

COURSE = Course(
    network(
        "halves_columns",
        Wiring(
            setup="x, t = make_set(50, seed=1); net = Columns(seed=1)",
            loss="net.cost(x, t)",
            params=items(NAMES, "net.{}"),
            grads=Grads("g = net.back(x, t)", items(NAMES, "g['{}']")),
            inputs="x",
            labels="t",
            outputs="net.feed(x)",
            train="costs = net.learn(x, t)",
            update=Step("net.adam(net.back(x, t), 0.01)", "0.01"),
        ),
    ),
    probes=("net.hit_rate(x, t)", "(D := x + 3.0) is None or (scaled(D, 1.0, 2.0), D)", "run(60, seed=1)"),
    activations=(
        Activation(
            "sigmoid(np.dot(self.W1, x) + self.b1)",
            "(np.dot(self.W1, x) + self.b1)",
            " * self.a1 * (1 - self.a1)",
        ),
        Activation(
            "sigmoid(np.dot(self.W2, self.a1) + self.b2)",
            "(np.dot(self.W2, self.a1) + self.b2)",
            " * self.a2 * (1 - self.a2)",
        ),
    ),
    additions={
        "np.dot(self.W1, x) + self.b1": "np.dot(self.W1, x)",
        "np.dot(self.W2, self.a1) + self.b2": "np.dot(self.W2, self.a1)",
        "np.dot(self.W3, self.a2) + self.b3": "np.dot(self.W3, self.a2)",
    },
    output="return self.a3",
    draws=(
        Draw("self.W1 = ", "rng.normal(0, 0.9, (5, 3))", "(5, 3)", ("W1",)),
        Draw("self.W2 = ", "rng.normal(0, 0.9, (5, 5))", "(5, 5)", ("W2",)),
        Draw("self.W3 = ", "rng.normal(0, 0.9, (1, 5))", "(1, 5)", ("W3",)),
    ),
    rates={"eta=0.05": 0.05},
    high=1000.0,
    delta="d3 = self.a3 - t",
    outputs="self.a3",
    loss="-np.mean(t * np.log(",
    entry="self.a1 = sigmoid(np.dot(self.W1, x) + self.b1)",
    x="x",
    rows=False,
    particular={
        "GC121": (((LOG, "t * np.log(t + 1e-9) + (1 - t) * np.log(1 - t + 1e-9) + 0 * out"),),),
        "GC122": ((("-np.mean(t * np", "-np.sum(t * np"), (BACK, "        d3 = (self.a3 - t) * m\n")),),
        "GC143": (
            (
                (
                    "self.a3 = sigmoid(np.dot(self.W3, self.a2) + self.b3)",
                    "self.a3 = np.tanh(np.dot(self.W3, self.a2) + self.b3)",
                ),
                (LOG, "t * np.log(np.abs(out)) + (1 - t) * np.log(1 - out)"),
            ),
        ),
        "GC149": ((("200.0 + 80.0 * x.T", "200.0 + 80.0 * x.reshape(3, m)"),),),
        "GC150": (
            (
                (
                    "self.a3 = sigmoid(np.dot(self.W3, self.a2) + self.b3)",
                    "self.a3 = sigmoid(np.dot(self.W3, self.a1) + self.b3)",
                ),
            ),
        ),
        "GC404": ((("return (x - mean) / dev", "x -= mean\nx /= dev\nreturn x"),),),
        "GC501": ((("rng.normal(0, 0.9, (1, 5))", "rng.normal(0, 900, (1, 5))"),),),
        "GC504": (
            ((LOG, "t * np.log(np.clip(out, 0.45, 0.55)) + (1 - t) * np.log(1 - np.clip(out, 0.45, 0.55))"),),
        ),
        "GC521": ((("        out = self.feed(x)\n", "        out = self.feed(x).ravel()[:, None]\n"),),),
        "GC523": (
            (
                ("rng.normal(0, 0.9, (5, 3))", "rng.integers(-1, 2, (5, 3))"),
                (
                    UPDATE,
                    "getattr(self, name)[...] = getattr(self, name) - eta * mean / (np.sqrt(square) + eps)",
                ),
            ),
        ),
        "GC603": ((("rng.normal(0, 0.9, (5, 3))", "rng.normal(0, 90, (5, 3))"),),),
        "GC604": (
            (
                ("rng.normal(0, 0.9, (5, 5))", "rng.normal(0, 0.009, (5, 5))"),
                ("rng.normal(0, 0.9, (1, 5))", "rng.normal(0, 0.009, (1, 5))"),
            ),
        ),
        "GC606": (
            (
                ("rng.normal(0, 0.9, (5, 3))", "np.ones((5, 3))"),
                (
                    "rng.normal(0, 0.1, (5, 1))\n        self.W2 = rng.normal(0, 0.9, (5, 5))",
                    "np.zeros((5, 1))\n        self.W2 = np.ones((5, 5))",
                ),
                ("self.b2 = rng.normal(0, 0.1, (5, 1))", "self.b2 = np.zeros((5, 1))"),
                ("rng.normal(0, 0.9, (1, 5))", "np.ones((1, 5))"),
            ),
        ),
        "GC607": ((("eta=0.05", "eta=1e-9"),),),
        "GC608": ((("eta=0.05", "eta=4"),),),
        "GC701": ((("return (x - mean) / dev", "return x"),),),
        "GC704": (
            ((SPLIT, "fit, held = shuffled[: m // 2], shuffled[: m // 2]"),),
            ((SPLIT, "fit, held = shuffled, shuffled[m // 2 :]"),),
        ),
        "GC705": (((HELD, OWN),),),
        "GC707": (
            (("return (x - mean) / dev", "scaled = np.zeros(x.shape)\nreturn scaled"),),
            (("np.dot(self.W1, x) + self.b1", "np.dot(self.W1, np.zeros(x.shape)) + self.b1"),),
        ),
        "GC723": (
            (("np.mean(self.decide(x).ravel() == t.ravel())", "np.mean(self.decide(x).ravel() == t.T)"),),
        ),
        "GC801": (((UPDATE, UPDATE.replace(" - eta", " + eta")),),),
        "GC805": (
            (("for name in self.names:\n            g =", "for name in self.names[2:]:\n            g ="),),
            (('"b2", "W3", "b3"]', '"b2", "b3"]'),),
        ),
        "GC806": (((UPDATE, "setattr(self, name, -eta * mean / (np.sqrt(square) + eps))"),),),
        "GC809": (((UPDATE, "slopes[name] = getattr(self, name) - eta * mean / (np.sqrt(square) + eps)"),),),
        "GC823": (
            ((FIRST, "mean = self.first[name]"), (SECOND, "square = self.second[name]")),
            ((SECOND, "square = self.second[name]"),),
            ((FIRST, "mean = self.first[name]"),),
        ),
        "GC824": (
            (
                (
                    "        self.t += 1\n        for name in self.names:\n            g =",
                    "        for name in self.names:\n            self.t += 1\n            g =",
                ),
            ),
        ),
        "GC825": (
            (
                (
                    "        self.t += 1\n",
                    "        self.t = 1\n        self.first = {name: np.zeros_like(getattr(self, name)) for name in self.names}\n        self.second = {name: np.zeros_like(getattr(self, name)) for name in self.names}\n",
                ),
            ),
        ),
        "GC826": (((UPDATE, UPDATE.replace("(np.sqrt(square) + eps)", "np.sqrt(square + eps)")),),),
    },
)
