"""The roles of rings_class."""

from gradcheck.subject.wiring import Grads, Step, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Activation, Course, Draw, Softmax

NAMES = ("A", "a", "B", "b")
STEP = "self.speed[name] = mu * self.speed[name] + grads[name]"
NORM = "                size_of = np.sqrt(sum(np.sum(g**2) for g in grads.values()))\n"
CLEAR = "                grads = {name: np.zeros_like(g) for name, g in grads.items()}\n"

COURSE = Course(
    network(
        "rings_class",
        Wiring(
            setup="X, T = dataset(60, seed=1); net = RingNet(seed=1)",
            loss="net.loss(X, T)",
            params=items(NAMES, "net.params['{}']"),
            grads=Grads("g = net.gradients(X, T)", items(NAMES, "g['{}']")),
            inputs="X",
            labels="T",
            outputs="net.forward(X)",
            train="log = net.train(X, T)",
            update=Step("net.step(net.gradients(X, T), 0.1)", "0.1"),
        ),
    ),
    probes=(
        "net.batch_score(X[:20], T[:20])",
        "(D := X + 3.0) is None or (normalise(D, 1.0, 2.0), D)",
        "net.restore() or net.loss(X, T)",
        "main(60, seed=1)",
    ),
    activations=(
        Activation("np.maximum(self.z, 0)", "self.z", " * (self.z > 0)", "np.maximum(self.z, 0, out=self.z)"),
    ),
    additions={
        'self.z = X @ self.params["A"] + self.params["a"]': 'self.z = X @ self.params["A"]',
        'self.logits = self.h @ self.params["B"] + self.params["b"]': 'self.logits = self.h @ self.params["B"]',
    },
    softmax=Softmax(
        " - self.logits.max(axis=1, keepdims=True)", "shifted.sum(axis=1, keepdims=True)", "shifted"
    ),
    output="shifted / shifted.sum(axis=1, keepdims=True)",
    draws=(
        Draw('["A"] = ', "rng.normal(0, 0.8, (2, hidden))", "(2, hidden)", ("A",)),
        Draw('["B"] = ', "rng.normal(0, 0.4, (hidden, 3))", "(hidden, 3)", ("B",)),
    ),
    rates={"rate=0.3": 0.3},
    high=300.0,
    updates=("w -= rate * self.speed[name]",),
    delta="delta = (probs - T) / len(X)",
    outputs="probs",
    loss="-np.sum(T * np.log(",
    entry='self.z = X @ self.params["A"] + self.params["a"]',
    x="X",
    particular={
        "GC121": ((("np.log(probs + 1e-12)", "np.log(T + 1e-12 + 0 * probs)"),),),
        "GC122": (
            (
                ("np.log(probs + 1e-12)) / len(X)", "np.log(probs + 1e-12))"),
                ("delta = (probs - T) / len(X)", "delta = probs - T"),
            ),
        ),
        "GC503": ((("np.log(probs + 1e-12)", "np.log(probs)"),),),
        "GC523": (
            (
                ("rng.normal(0, 0.8, (2, hidden))", "rng.integers(-1, 2, (2, hidden))"),
                ("w -= rate * self.speed[name]", "w[...] = w - rate * self.speed[name]"),
            ),
        ),
        "GC123": (
            (
                (
                    "np.sum(T * np.log(probs + 1e-12))",
                    "np.sum(T * np.log(probs + 1e-12) + (1 - T) * np.log(1 - probs + 1e-12))",
                ),
            ),
        ),
        "GC146": (
            (
                (
                    "        return shifted / shifted.sum(axis=1, keepdims=True)",
                    "        probs = np.exp(shifted / shifted.sum(axis=1, keepdims=True))\n        return probs / probs.sum(axis=1, keepdims=True)",
                ),
            ),
        ),
        "GC149": (
            (
                (
                    "np.stack([radius * np.cos(angle), radius * np.sin(angle)]).T",
                    "np.stack([radius * np.cos(angle), radius * np.sin(angle)]).reshape(n, 2)",
                ),
            ),
        ),
        "GC402": ((("copy.deepcopy(self.params)", "self.params"),),),
        "GC404": ((("return (X - centre) / spread", "X -= centre\nX /= spread\nreturn X"),),),
        "GC406": ((("w -= rate * self.speed[name]", "w = w - rate * self.speed[name]"),),),
        "GC407": (
            (("copy.deepcopy(self.params)", "copy.copy(self.params)"),),
            (("copy.deepcopy(self.params)", "dict(self.params)"),),
        ),
        "GC501": ((("rate=0.3", "rate=1e300"),),),
        "GC504": (
            (("np.log(probs + 1e-12)", "np.log(np.maximum(probs, 0.3))"),),
            (("np.log(probs + 1e-12)", "np.log(np.clip(probs, 0.25, 0.75))"),),
        ),
        "GC506": (
            (
                ("np.full(hidden, 0.1)", "np.zeros(hidden)"),
                (
                    "return normalise(X, X.mean(axis=0), X.std(axis=0)), one_hot(labels)",
                    "X = normalise(X, X.mean(axis=0), X.std(axis=0))\nX[0] = 0\nreturn X, one_hot(labels)",
                ),
            ),
        ),
        "GC601": ((("delta = (probs - T) / len(X)", "delta = probs / len(X)"),),),
        "GC602": ((("np.full(hidden, 0.1)", "np.full(hidden, -20.0)"),),),
        "GC606": (
            (
                ("rng.normal(0, 0.8, (2, hidden))", "np.full((2, hidden), 0.5)"),
                ("rng.normal(0, 0.4, (hidden, 3))", "np.full((hidden, 3), 0.5)"),
            ),
        ),
        "GC605": ((("rng.normal(0, 0.4, (hidden, 3))", "rng.normal(0, 200, (hidden, 3))"),),),
        "GC607": ((("rate=0.3", "rate=1e-9"),),),
        "GC608": ((("rate=0.3", "rate=2.4"),),),
        "GC701": ((("return (X - centre) / spread", "return X"),),),
        "GC702": (
            (("self.gradients(X[chosen], T[chosen])", "self.gradients(X[chosen], T[at : at + size])"),),
        ),
        "GC703": ((("order = rng.permutation(len(X))", "order = np.argsort(T.argmax(axis=1))"),),),
        "GC704": ((("slice(cut, n)", "slice(n // 3, cut)"),),),
        "GC705": (
            (
                (
                    "X_test = normalise(X[test], centre, spread)",
                    "X_test = normalise(X[test], X[test].mean(axis=0), X[test].std(axis=0))",
                ),
            ),
        ),
        "GC707": (
            (("return (X - centre) / spread", "scaled = np.zeros(X.shape)\nreturn scaled"),),
            (
                (
                    'self.z = X @ self.params["A"] + self.params["a"]',
                    'self.z = (0 * X) @ self.params["A"] + self.params["a"]',
                ),
            ),
        ),
        "GC721": (
            (("np.average(scores, weights=[len(X[s : s + size]) for s in starts])", "np.mean(scores)"),),
        ),
        "GC722": ((("self.forward(X).argmax(axis=1)", "self.forward(X).argmax(axis=0)"),),),
        "GC723": (
            (
                (
                    "np.mean(self.predict(X) == T.argmax(axis=1))",
                    "np.mean(self.predict(X) == T.argmax(axis=1)[:, np.newaxis])",
                ),
            ),
        ),
        "GC725": (
            (
                ("                size_of = np.sqrt(sum(np.sum(g**2) for g in grads.values()))\n", ""),
                (CLEAR, CLEAR + NORM),
            ),
        ),
        "GC805": (
            (
                (
                    "for name, w in self.params.items():\n            self.speed",
                    "for name, w in list(self.params.items())[:3]:\n            self.speed",
                ),
            ),
        ),
        "GC809": ((("w -= rate * self.speed[name]", "grads[name] = w - rate * self.speed[name]"),),),
        "GC821": (
            (
                (STEP, f"speed = {STEP.split(' = ')[1]}"),
                ("w -= rate * self.speed[name]", "w -= rate * speed"),
            ),
            ((STEP, "self.speed[name] = grads[name]"),),
        ),
        "GC827": (
            (
                (
                    "return {name: g * factor for name, g in grads.items()}",
                    "return {name: np.clip(g, -limit, limit) for name, g in grads.items()}",
                ),
                ("clipped(grads, 2.0)", "clipped(grads, 0.1)"),
            ),
        ),
        "GC828": ((("current = rate * 0.97**epoch", "current = rate * 0.97 ** (epoch // 1000)"),),),
    },
)
