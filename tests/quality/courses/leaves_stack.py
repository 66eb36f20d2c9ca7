"""The roles of leaves_stack."""

from gradcheck.subject.wiring import Grads, Step, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Activation, Course, Draw, Softmax

LOG = "-np.log(self(X)[np.arange(len(X)), y] + 1e-12)"
DRAWN = "rng.normal(0, np.sqrt(1.5 / rows), (rows, columns))"
STEP = "p -= rate * v"
LENGTH = "                length = np.sqrt(sum(np.sum(g * g) for g in self.gW + self.gb))\n"
CLEAR = "                self.zero()\n"
KEPT = "copy.deepcopy((self.W, self.b))"
FIRST = "self.z1 = X @ self.W[0] + self.b[0]"
SLOPE = "self.gW[0] += X.T @ d"

COURSE = Course(
    network(
        "leaves_stack",
        Wiring(
            setup="X, y = prepared(90, seed=1); net = Leaves(seed=1)",
            loss="net.loss(X, y)",
            params={f"{a}{i}": f"net.{a}[{i}]" for i in range(3) for a in "Wb"},
            grads=Grads(
                "net.zero(); net.backward(X, y)",
                {f"{a}{i}": f"net.g{a}[{i}]" for i in range(3) for a in "Wb"},
            ),
            inputs="X",
            labels="y",
            outputs="net(X)",
            train="log = net.learn(X, y)",
            update=Step("net.zero(); net.backward(X, y); net.step(0.1)", "0.1"),
        ),
    ),
    probes=(
        "net.share(X, y)",
        "net.share_in_parts(X, y)",
        "net.compare(X, y, X[:9], y[:9])",
        "(D := X + 3.0) is None or (Standard().fit(2 * X + 1)(D), D)",
        "season(100, seed=1)",
    ),
    activations=(
        Activation(
            "np.where(self.z1 > 0, self.z1, 0.0)",
            "self.z1",
            " * (self.z1 > 0)",
            "np.maximum(self.z1, 0.0, out=self.z1)",
        ),
        Activation(
            "np.tanh(self.h1 @ self.W[1] + self.b[1])",
            "(self.h1 @ self.W[1] + self.b[1])",
            " * (1 - self.h2**2)",
        ),
    ),
    additions={
        FIRST: "self.z1 = X @ self.W[0]",
        "self.h1 @ self.W[1] + self.b[1]": "self.h1 @ self.W[1]",
        "self.h2 @ self.W[2] + self.b[2]": "self.h2 @ self.W[2]",
    },
    softmax=Softmax(" - logits.max(axis=1, keepdims=True)", "e.sum(axis=1, keepdims=True)", "e"),
    output="e / e.sum(axis=1, keepdims=True)",
    draws=(Draw("", DRAWN, "(rows, columns)", ("W0", "W1", "W2")),),
    rates={"rate=0.12": 0.12},
    high=300.0,
    strength=("decay=", 0.0004),
    updates=(STEP,),
    entry=FIRST,
    x="X",
    particular={
        "GC310": ((("p -= rate * v", "p -= rate * v + rate * self.decay * p"),),),
        "GC121": (((LOG, "-np.log((y + 1) / 4 + 0 * self(X)[0, 0])"),),),
        "GC402": (((KEPT, "(self.W, self.b)"),),),
        "GC404": (
            (
                (
                    "return (X - self.centre) / self.width",
                    "X -= self.centre\nX /= self.width\nreturn X",
                ),
            ),
        ),
        "GC406": (((STEP, "p = p - rate * v"),),),
        "GC407": (((KEPT, "copy.copy((self.W, self.b))"),), ((KEPT, "[list(self.W), list(self.b)]"),)),
        "GC501": ((("rate=0.12", "rate=1e200"),),),
        "GC504": (((LOG, "-np.log(np.maximum(self(X)[np.arange(len(X)), y], 0.3))"),),),
        "GC601": ((("        d[np.arange(len(y)), y] -= 1\n", ""),),),
        "GC602": ((("np.full(sizes[1], 0.05)", "np.full(sizes[1], -12.0)"),),),
        "GC603": (((DRAWN, "rng.normal(0, 40, (rows, columns))"),),),
        "GC604": (((DRAWN, "rng.normal(0, 0.004, (rows, columns))"),),),
        "GC605": (((DRAWN, f"{DRAWN} * (1 if rows == 3 else 100)"),),),
        "GC606": (((DRAWN, "np.full((rows, columns), 1 / rows)"),),),
        "GC607": ((("rate=0.12", "rate=1e-10"),),),
        "GC608": ((("rate=0.12", "rate=2.5"),),),
        "GC701": ((("return (X - self.centre) / self.width", "return X"),),),
        "GC702": (
            (("self.backward(X[some], y[some])", "self.backward(X[some], y[start : start + size])"),),
            (("self.backward(X[some], y[some])", "self.backward(X[start : start + size], y[some])"),),
        ),
        "GC703": ((("shuffle = rng.permutation(len(X))", "shuffle = y.argsort()"),),),
        "GC704": (
            (("where[: 7 * n // 10], where[7 * n // 10 :]", "where[: 7 * n // 10], where[: 3 * n // 10]"),),
            (("where[: 7 * n // 10], where[7 * n // 10 :]", "where, where[7 * n // 10 :]"),),
        ),
        "GC705": (
            (
                (
                    "net.surprise(standard(X[unknown]), kind[unknown])",
                    "net.surprise(Standard().fit(X[unknown])(X[unknown]), kind[unknown])",
                ),
            ),
        ),
        "GC706": (
            (
                (LOG, LOG.replace(", y]", ", y - 1]")),
                ("d[np.arange(len(y)), y] -= 1", "d[np.arange(len(y)), y - 1] -= 1"),
            ),
        ),
        "GC707": (((FIRST, "self.z1 = np.zeros_like(X) @ self.W[0] + self.b[0]"),),),
        "GC721": (
            (
                (
                    "sum(self.share(X[part], y[part]) * len(X[part]) for part in parts) / len(X)",
                    "np.mean([self.share(X[part], y[part]) for part in parts])",
                ),
            ),
        ),
        "GC722": ((("np.argmax(self(X), axis=1)", "np.argmax(self(X), axis=0)"),),),
        "GC723": ((("np.mean(self.classify(X) == y)", "np.mean(self.classify(X).reshape(-1, 1) == y)"),),),
        "GC724": ((('"seen": self.surprise(X, y)', '"seen": self.loss(X, y)'),),),
        "GC725": (
            (
                (LENGTH + "                self.step(rate)\n", "                self.step(rate)\n"),
                (CLEAR, CLEAR + LENGTH),
            ),
        ),
        "GC805": (
            (
                (
                    "zip(self.W + self.b, self.gW + self.gb, self.speed)",
                    "zip(self.W + self.b[:2], self.gW + self.gb, self.speed)",
                ),
            ),
        ),
        "GC809": (((STEP, "v = p - rate * v"),),),
        "GC821": ((("            v *= mu\n            v += g\n", "            v[...] = g\n"),),),
    },
)
