"""The roles of pairs_attributes."""

from gradcheck.subject.wiring import Grads, Step, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Activation, Course, Draw

NAMES = ("w1", "c1", "w2", "c2")
UPDATES = tuple(f"self.{name} -= eta * self.g_{name}" for name in NAMES)
SLOPE = " * np.where(self.s1 > 0, 1.0, 0.1)"
ENTRY = "self.s1 = np.dot(X, self.w1) + self.c1"
BATCH = "self.grads(X_mix[i : i + n_batch], Y_mix[i : i + n_batch])"

COURSE = Course(
    network(
        "pairs_attributes",
        Wiring(
            setup="X, Y = load(40, seed=1); net = Regressor(seed=1)",
            loss="net.total(X, Y)",
            params=items(NAMES, "net.{}"),
            grads=Grads("net.grads(X, Y)", items(NAMES, "net.g_{}")),
            inputs="X",
            labels="Y",
            outputs="net.evaluate(X)",
            train="curve = net.fit(X, Y)",
            update=Step("net.grads(X, Y); net.update(0.05)", "0.05"),
        ),
    ),
    probes=(
        "net.batch_error(X, Y)",
        "(D := X + 3.0) is None or (Scaler(2 * X + 1).transform(D), D)",
        "net.try_rate(X, Y, 50.0) and net.total(X, Y)",
        "net.report(X, Y, X[:9], Y[:9])",
        "protocol(60, seed=1)",
    ),
    activations=(Activation("np.where(self.s1 > 0, self.s1, 0.1 * self.s1)", "self.s1", SLOPE),),
    additions={
        ENTRY: "self.s1 = np.dot(X, self.w1)",
        "np.dot(self.o1, self.w2) + self.c2": "np.dot(self.o1, self.w2)",
    },
    output="return self.s2",
    draws=(
        Draw("self.w1 = ", "rng.normal(0, 0.6, (4, 8))", "(4, 8)", ("w1",)),
        Draw("self.w2 = ", "rng.normal(0, 0.4, (8, 2))", "(8, 2)", ("w2",)),
    ),
    rates={"eta=0.08": 0.08},
    strength=("penalty=", 0.001),
    squares={"np.sum(self.w1**2)": "self.w1", "np.sum(self.w2**2)": "self.w2"},
    penalised={
        "self.g_w2 = np.dot(self.o1.T, e2) / n + self.penalty * self.w2": "self.penalty * self.w2",
        "self.g_w1 = np.dot(X.T, e1) / n + self.penalty * self.w1": "self.penalty * self.w1",
    },
    updates=UPDATES,
    delta="e2 = out - Y",
    outputs="out",
    entry=ENTRY,
    x="X",
    particular={
        "GC121": ((("np.sum((self.evaluate(X) - Y) ** 2)", "np.sum((0 * self.evaluate(X) - Y) ** 2)"),),),
        "GC122": (
            (
                ("np.sum((self.evaluate(X) - Y) ** 2) / len(X)", "np.sum((self.evaluate(X) - Y) ** 2)"),
                ("        n = len(X)\n", "        n = 1\n"),
            ),
        ),
        "GC124": ((("return 0.5 * np.sum((self", "return -0.5 * np.sum((self"),),),
        "GC143": (
            (
                ("return self.s2", "self.s2 = np.maximum(self.s2, 0)\nreturn self.s2"),
                ("e2 = out - Y", "e2 = (out - Y) * (out > 0)"),
            ),
        ),
        "GC310": (
            tuple(
                (
                    UPDATES[i],
                    UPDATES[i].replace(
                        f"self.g_{NAMES[i]}", f"(self.g_{NAMES[i]} + self.penalty * self.{NAMES[i]})"
                    ),
                )
                for i in (0, 2)
            ),
        ),
        "GC312": (
            (
                (
                    "(np.sum(self.w1**2) + np.sum(self.w2**2))",
                    "(np.sum(self.w1**2) + np.sum(self.w2**2) + np.sum(self.c1**2) + np.sum(self.c2**2))",
                ),
            ),
        ),
        "GC404": ((("return (X - self.mean) / self.std", "X -= self.mean\nX /= self.std\nreturn X"),),),
        "GC403": (
            (
                ("np.where(self.s1 > 0, self.s1, 0.1 * self.s1)", "np.tanh(self.s1, out=self.s1)"),
                (SLOPE, " * (1 - np.tanh(self.s1) ** 2)"),
            ),
        ),
        "GC407": (
            (("copy.deepcopy(vars(self))", "copy.copy(vars(self))"),),
            (("copy.deepcopy(vars(self))", "dict(vars(self))"),),
            (("copy.deepcopy(vars(self))", "vars(self).copy()"),),
        ),
        "GC501": ((("eta=0.08", "eta=8e4"),),),
        "GC506": (
            (
                ("self.c1 = rng.normal(0, 0.1, (1, 8))", "self.c1 = np.zeros((1, 8))"),
                (
                    "    return Scaler(X).transform(X), Y",
                    "    X = Scaler(X).transform(X)\n    X[0] = 0\n    return X, Y",
                ),
            ),
        ),
        "GC523": (
            (
                ("rng.normal(0, 0.6, (4, 8))", "rng.integers(-1, 2, (4, 8))"),
                (UPDATES[0], "self.w1[...] = self.w1 - eta * self.g_w1"),
            ),
        ),
        "GC605": ((("rng.normal(0, 0.4, (8, 2))", "rng.normal(0, 400, (8, 2))"),),),
        "GC606": (
            (
                ("rng.normal(0, 0.6, (4, 8))", "np.full((4, 8), 0.6)"),
                ("rng.normal(0, 0.1, (1, 8))", "np.zeros((1, 8))"),
                ("rng.normal(0, 0.4, (8, 2))", "np.full((8, 2), 0.4)"),
            ),
        ),
        "GC607": ((("eta=0.08", "eta=1e-9"),),),
        "GC608": ((("eta=0.08", "eta=1.0"),),),
        "GC701": ((("return (X - self.mean) / self.std", "return X"),),),
        "GC702": (
            (("X_mix, Y_mix = X[perm], Y[perm]", "X_mix, Y_mix = X[perm], Y"),),
            (("X_mix, Y_mix = X[perm], Y[perm]", "X_mix, Y_mix = X[perm], Y[shuffler.permutation(len(X))]"),),
        ),
        "GC704": (
            (("train, test = idx[:40], idx[40:]", "train, test = idx[:40], idx[20:40]"),),
            (("train, test = idx[:40], idx[40:]", "train, test = idx, idx[40:]"),),
        ),
        "GC705": (
            (
                (
                    "return model.error(scaler.transform(X[test]), Y[test])",
                    "return model.error(Scaler(X[test]).transform(X[test]), Y[test])",
                ),
            ),
        ),
        "GC707": (
            (("return (X - self.mean) / self.std", "scaled = np.zeros(X.shape)\nreturn scaled"),),
            ((ENTRY, "self.s1 = np.dot(X * 0, self.w1) + self.c1"),),
        ),
        "GC721": (
            (
                (
                    "sum(self.error(X[p], Y[p]) * len(X[p]) for p in parts) / len(X)",
                    "sum(self.error(X[p], Y[p]) for p in parts) / len(parts)",
                ),
            ),
        ),
        "GC724": ((('{"train": self.error(X, Y), ', '{"train": self.total(X, Y), '),),),
        "GC804": (
            (
                (
                    "self.w2 -= eta * self.g_w2\n        self.c2",
                    "self.grads(self.X, self.Y)\n        self.w2 -= eta * self.g_w2\n        self.c2",
                ),
                (
                    "        out = self.evaluate(X)\n        n = len(X)\n",
                    "        out = self.evaluate(X)\n        n = len(X)\n        self.X, self.Y = X, Y\n",
                ),
            ),
        ),
        "GC828": ((("eta_now = eta / (1 + 0.02 * epoch)", "eta_now = eta / (1 + 0.02 * (epoch // 1000))"),),),
    },
)
