"""The roles of tides_records."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import items, network
from tests.quality.courses.roles import Activation, Course, Draw

NAMES = ("U", "u", "V", "v", "W", "w")
SQUARE = "(self.layers(X)[-1] - y) ** 2"
ADAM = "value -= self.rate * fair_mean / (np.sqrt(fair_square) + self.eps)"
M, V = "fair_mean = mean / (1 - self.b1**self.step)", "fair_square = square / (1 - self.b2**self.step)"
LOOP = "        for name, value in vars(net).items():\n            g = getattr(slopes, name)\n"
COUNT = "        self.step += 1\n"
APPLY = "            optimiser.apply(net, slopes)\n"

COURSE = Course(
    network(
        "tides_records",
        Wiring(
            setup="X, y = harbour(48, seed=1); net = Net.random(seed=1)",
            loss="net.error(X, y)",
            params=items(NAMES, "net.{}"),
            grads=Grads("g = net.slopes(X, y)", items(NAMES, "g.{}")),
            inputs="X",
            labels="y",
            outputs="net.layers(X)[-1]",
            train="log = fit(net, X, y)",
        ),
    ),
    probes=(
        "mean_error(net, X, y)",
        "(D := X + 3.0) is None or (scaled(D, 1.0, 2.0), D)",
        "forecast(60, seed=1)",
    ),
    activations=(
        Activation("sigmoid(X @ self.U + self.u)", "(X @ self.U + self.u)", " * g * (1 - g)"),
        Activation("sigmoid(g @ self.V + self.v)", "(g @ self.V + self.v)", " * h * (1 - h)"),
    ),
    additions={
        "X @ self.U + self.u": "X @ self.U",
        "g @ self.V + self.v": "g @ self.V",
        "h @ self.W + self.w": "h @ self.W",
    },
    output="h @ self.W + self.w",
    draws=(
        Draw("U=", "rng.normal(0, 1.2, (2, width))", "(2, width)", ("U",)),
        Draw("V=", "rng.normal(0, 1.0, (width, width))", "(width, width)", ("V",)),
        Draw("W=", "rng.normal(0, 0.8, (width, 1))", "(width, 1)", ("W",)),
    ),
    rates={"rate=0.04": 0.04},
    high=1000.0,
    updates=(ADAM,),
    delta="e = 2 * (out - y) / len(X)",
    outputs="out",
    entry="g = sigmoid(X @ self.U + self.u)",
    x="X",
    particular={
        "GC143": (
            (
                ("return g, h, h @ self.W + self.w", "return g, h, sigmoid(h @ self.W + self.w)"),
                ("e = 2 * (out - y) / len(X)", "e = 2 * (out - y) * out * (1 - out) / len(X)"),
            ),
        ),
        "GC150": ((("return g, h, h @ self.W + self.w", "return g, h, g @ self.W + self.w"),),),
        "GC604": (
            (
                ("rng.normal(0, 1.0, (width, width))", "rng.normal(0, 0.01, (width, width))"),
                ("rng.normal(0, 0.8, (width, 1))", "rng.normal(0, 0.01, (width, 1))"),
            ),
        ),
        "GC521": (
            ((SQUARE, "(self.layers(X)[-1] - y[:, 0]) ** 2"),),
            ((SQUARE, "(self.layers(X)[-1][:, 0] - y) ** 2"),),
        ),
        "GC523": (
            (
                ("rng.normal(0, 1.2, (2, width))", "rng.integers(-2, 3, (2, width))"),
                (ADAM, ADAM.replace("value -=", "value[...] = value -")),
            ),
        ),
        "GC701": ((("return (minutes - mean) / std", "return minutes"),),),
        "GC702": ((("net.slopes(X[take], y[take])", "net.slopes(X[take], y[start : start + batch])"),),),
        "GC805": (
            (("in vars(net).items():\n            g", "in list(vars(net).items())[:-1]:\n            g"),),
        ),
        "GC809": (((ADAM, ADAM.replace("value -=", "new = value -")),),),
        "GC822": (((LOOP, f"{LOOP}            name = g.shape\n"),),),
        "GC823": (
            ((M, "fair_mean = mean"), (V, "fair_square = square")),
            ((V, "fair_square = square"),),
            ((M, "fair_mean = mean"),),
        ),
        "GC824": (((COUNT + LOOP, f"{LOOP}            self.step += 1\n"),),),
        "GC825": (
            ((APPLY, f"            optimiser = Adam(optimiser.rate)\n{APPLY}"),),
            ((COUNT, "        self.step, self.means, self.squares = 1, {}, {}\n"),),
        ),
        "GC826": (
            ((ADAM, ADAM.replace("(np.sqrt(fair_square) + self.eps)", "np.sqrt(fair_square + self.eps)")),),
        ),
        "GC827": (
            (
                (
                    "Net(**{name: factor * g for name, g in vars(slopes).items()}), norm",
                    "Net(**{name: np.clip(g, -limit, limit) for name, g in vars(slopes).items()}), norm",
                ),
            ),
        ),
        "GC828": (
            (("optimiser.rate = warmed(rate, turn, turns)", "optimiser.rate = warmed(rate, 10, turns)"),),
            (("optimiser.rate = warmed(rate, turn, turns)", "rate_now = warmed(rate, turn, turns)"),),
        ),
    },
)
