"""The roles of beans_columns."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Activation, Course, Draw, Softmax

NAMES = ("U", "u", "V", "v")
ENTRY = "s = np.dot(w.U, x) + w.u"
CHOSEN = "passed(w, x)[-1][y, np.arange(y.size)]"
STEP = "a -= pace_now * b"
SIZE = "            size = max(np.abs(a).max() for a in g.arrays())\n"
CLEAR = "            for b in g.arrays():\n                b[...] = 0\n"
OUTSIDE = "levelled(x[:, outside], middle, width)"

COURSE = Course(
    network(
        "beans_columns",
        Wiring(
            setup="x, y = harvest(70, seed=1); w = drawn(seed=1)",
            loss="price(w, x, y)",
            params=items(NAMES, "w.{}"),
            grads=Grads("g = gradient(w, x, y)", items(NAMES, "g.{}")),
            inputs="x",
            labels="y",
            outputs="passed(w, x)[-1]",
            train="w, story, sizes = fitted(w, x, y)",
        ),
    ),
    probes=(
        "score(w, x, y)",
        "report(w, x, y, x[:, :9], y[:9])",
        "(D := x + 3.0) is None or (levelled(D, 1.0, 2.0), D)",
        "trial(80, seed=1)",
    ),
    activations=(Activation("np.maximum(s, 0)", "s", " * (s > 0)", "np.maximum(s, 0, out=s)"),),
    additions={ENTRY: "s = np.dot(w.U, x)", "q = np.dot(w.V, r) + w.v": "q = np.dot(w.V, r)"},
    softmax=Softmax(" - q.max(axis=0, keepdims=True)", "q.sum(axis=0, keepdims=True)", "q"),
    output="q / q.sum(axis=0, keepdims=True)",
    draws=(
        Draw("U = ", "0.5 * rng.standard_normal((8, 4))", "(8, 4)", ("U",)),
        Draw("V = ", "0.4 * rng.standard_normal((3, 8))", "(3, 8)", ("V",)),
    ),
    rates={"pace=0.4": 0.4},
    high=200.0,
    squares={"np.sum(w.U**2)": "w.U", "np.sum(w.V**2)": "w.V"},
    penalised={
        "gV = np.dot(e, r.T) + 2 * lam * w.V": "2 * lam * w.V",
        "gU = np.dot(back, x.T) + 2 * lam * w.U": "2 * lam * w.U",
    },
    updates=(STEP,),
    entry=ENTRY,
    x="x",
    rows=False,
    particular={
        "GC146": (
            (
                (
                    "return s, r, q / q.sum(axis=0, keepdims=True)",
                    "q = np.exp(q / q.sum(axis=0, keepdims=True))\nreturn s, r, q / q.sum(axis=0, keepdims=True)",
                ),
            ),
        ),
        "GC149": (
            (
                (
                    "return 30.0 * (typical[y] + rng.normal(0, 0.6, (n, 4))).T + 90.0, y",
                    "return 30.0 * (typical[y] + rng.normal(0, 0.6, (n, 4))).reshape(4, n) + 90.0, y",
                ),
            ),
        ),
        "GC310": (((STEP, "a -= pace_now * (b + 0.002 * a)"),),),
        "GC312": ((("(np.sum(w.U**2) + np.sum(w.V**2))", "sum(np.sum(a**2) for a in w.arrays())"),),),
        "GC121": ((("np.log(chosen + 1e-12)", "np.log((y + 1) / 3 + 0 * chosen)"),),),
        "GC402": ((("saved = w.copied()", "saved = w"),),),
        "GC404": ((("return (x - middle) / width", "x -= middle\nx /= width\nreturn x"),),),
        "GC406": (((STEP, "a = a - pace_now * b"),),),
        "GC407": (
            (("getattr(self, part.name).copy() for part", "getattr(self, part.name) for part"),),
            (("saved = w.copied()", "saved = Weights(w.U, w.u, w.V, w.v)"),),
        ),
        "GC501": ((("pace=0.4", "pace=1e250"),),),
        "GC504": ((("np.log(chosen + 1e-12)", "np.log(np.maximum(chosen, 0.25))"),),),
        "GC601": ((("    e[y, np.arange(y.size)] -= 1\n", ""),),),
        "GC602": ((("0.1 * rng.standard_normal((8, 1))", "0.1 * rng.standard_normal((8, 1)) - 9"),),),
        "GC605": ((("0.4 * rng.standard_normal((3, 8))", "300 * rng.standard_normal((3, 8))"),),),
        "GC606": (
            (
                ("0.5 * rng.standard_normal((8, 4))", "np.ones((8, 4)) / 4"),
                ("0.1 * rng.standard_normal((8, 1))", "np.zeros((8, 1))"),
                ("0.4 * rng.standard_normal((3, 8))", "np.ones((3, 8)) / 8"),
            ),
        ),
        "GC607": ((("pace=0.4", "pace=1e-9"),),),
        "GC608": ((("pace=0.4", "pace=12.0"),),),
        "GC701": ((("return (x - middle) / width", "return x"),),),
        "GC702": (
            (("gradient(w, x[:, picked], y[picked])", "gradient(w, x[:, picked], y[at : at + part])"),),
        ),
        "GC703": ((("turn = shuffler.permutation(y.size)", 'turn = np.argsort(y, kind="stable")'),),),
        "GC704": (
            (
                (
                    "slice(0, 3 * n // 4), slice(3 * n // 4, n)",
                    "slice(0, 3 * n // 4), slice(n // 2, 3 * n // 4)",
                ),
            ),
        ),
        "GC705": (
            (
                (
                    OUTSIDE,
                    "levelled(x[:, outside], x[:, outside].mean(axis=1, keepdims=True), x[:, outside].std(axis=1, keepdims=True))",
                ),
            ),
        ),
        "GC706": (
            (
                (CHOSEN, "passed(w, x)[-1][y - 1, np.arange(y.size)]"),
                ("e[y, np.arange(y.size)] -= 1", "e[y - 1, np.arange(y.size)] -= 1"),
            ),
        ),
        "GC707": (((ENTRY, "s = np.dot(w.U, x * 0) + w.u"),),),
        "GC722": ((("passed(w, x)[-1].argmax(axis=0)", "passed(w, x)[-1].argmax(axis=1)"),),),
        "GC723": ((("np.mean(sorts(w, x) == y)", "np.mean(sorts(w, x)[:, None] == y[None, :])"),),),
        "GC724": ((("return misfit(w, x, y), ", "return price(w, x, y), "),),),
        "GC725": (
            (
                (
                    SIZE + "            for a, b in zip(w.arrays(), g.arrays(), strict=True):\n",
                    "            for a, b in zip(w.arrays(), g.arrays(), strict=True):\n",
                ),
                (CLEAR, CLEAR + SIZE),
            ),
        ),
        "GC805": ((("return [self.U, self.u, self.V, self.v]", "return [self.U, self.V]"),),),
        "GC809": (((STEP, "b = a - pace_now * b"),),),
    },
)
