"""The roles of letters_parameters."""

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Course, Draw, Softmax

PLACES = {f"{a}{i}": f"net.{place}.{a}" for i, place in enumerate(("first", "second", "last")) for a in "wb"}
LOG = "t * np.log(self.probabilities(x) + 1e-12)"
ADAM = "parameter.value -= self.lr * m / (np.sqrt(v) + self.eps)"
M, V = "m = self.m[i] / (1 - self.beta1**self.t)", "v = self.v[i] / (1 - self.beta2**self.t)"
CLEAR = "            zero(model.parameters())\n"
UPDATE = "            optimiser.update(model.parameters())\n"
RATE = "optimiser.lr = drop(base, epoch)"
LOOP = "        for i, parameter in enumerate(parameters):\n            g = parameter.grad\n"

COURSE = Course(
    network(
        "letters_parameters",
        Wiring(
            setup="x, t = book(45, seed=1); net = Model(seed=1)",
            loss="net.loss(x, t)",
            params={name: f"{place}.value" for name, place in PLACES.items()},
            grads=Grads(
                "zero(net.parameters()); net.back(x, t)",
                {name: f"{place}.grad" for name, place in PLACES.items()},
            ),
            inputs="x",
            labels="t",
            outputs="net.probabilities(x)",
            train="story = fit(net, Adam(0.02), x, t)",
        ),
    ),
    probes=(
        "rate_in_parts(net, x, t)",
        "(D := x + 3.0) is None or (rescaled(D, 1.0, 2.0), D)",
        "fit(net, Momentum(0.05), x, t)",
        "reading(60, seed=1)",
    ),
    additions={"np.dot(x, self.w.value) + self.b.value": "np.dot(x, self.w.value)"},
    softmax=Softmax(" - np.amax(x, axis=1, keepdims=True)", "np.sum(e, axis=1, keepdims=True)", "e"),
    draws=(
        Draw(
            "Parameter(",
            "rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))",
            "(fan_in, fan_out)",
            ("w0", "w1", "w2"),
        ),
    ),
    delta="d = (self.probabilities(x) - t) / len(x)",
    outputs="self.probabilities(x)",
    loss="-np.sum(t * np.log(",
    x="x",
    particular={
        "GC123": (
            (
                (
                    "-np.sum(t * np.log(self.probabilities(x) + 1e-12))",
                    "-np.sum(t * np.log(self.probabilities(x) + 1e-12) + (1 - t) * np.log(1 - self.probabilities(x) + 1e-12))",
                ),
            ),
        ),
        "GC146": (
            (
                (
                    "        return e / np.sum(e, axis=1, keepdims=True)",
                    "        x = e / np.sum(e, axis=1, keepdims=True)\n        return np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)",
                ),
            ),
        ),
        "GC604": (
            (
                (
                    "rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))",
                    "rng.normal(0, 0.0005, (fan_in, fan_out))",
                ),
            ),
        ),
        "GC503": (((LOG, "t * np.log(self.probabilities(x))"),),),
        "GC504": (((LOG, "t * np.log(np.maximum(self.probabilities(x), 0.3))"),),),
        "GC506": (
            (
                ("Parameter(np.full(fan_out, 0.03))", "Parameter(np.zeros(fan_out))"),
                (
                    "    return rescaled(x, x.mean(axis=0), x.std(axis=0)), t",
                    "    x = rescaled(x, x.mean(axis=0), x.std(axis=0))\n    x[0] = 0\n    return x, t",
                ),
            ),
        ),
        "GC701": ((("return (x - mean) / std", "return x"),),),
        "GC702": ((("model.back(x[part], t[part])", "model.back(x[part], t[at : at + batch])"),),),
        "GC725": (
            (
                (
                    "            norm = clip(model.parameters(), 0.6)\n" + UPDATE,
                    UPDATE + CLEAR + "            norm = clip(model.parameters(), 0.6)\n",
                ),
            ),
        ),
        "GC801": (((ADAM, ADAM.replace("-=", "+=")),),),
        "GC803": (
            ((CLEAR, ""),),
            (
                (CLEAR, ""),
                (
                    "    base, story = optimiser.lr, []\n",
                    "    base, story = optimiser.lr, []\n    zero(model.parameters())\n",
                ),
            ),
        ),
        "GC805": (
            (("return [self.w, self.b]", "return [self.w]"),),
            (("for layer in self.chain for parameter in", "for layer in self.chain[:-1] for parameter in"),),
        ),
        "GC806": (((ADAM, ADAM.replace("-= ", "= -")),),),
        "GC809": (((ADAM, ADAM.replace("parameter.value -=", "value = parameter.value -")),),),
        "GC821": (
            (("self.speeds[i] = self.mu * speed + parameter.grad", "self.speeds[i] = 1.0 * parameter.grad"),),
            (
                (
                    "self.speeds[i] = self.mu * speed + parameter.grad",
                    "speed = self.mu * speed + parameter.grad",
                ),
                ("parameter.value -= self.lr * self.speeds[i]", "parameter.value -= self.lr * speed"),
            ),
        ),
        "GC822": (((LOOP, f"{LOOP}            i = g.shape\n"),),),
        "GC823": (
            ((M, "m = self.m[i]"), (V, "v = self.v[i]")),
            ((M, "m = self.m[i]"),),
        ),
        "GC824": (
            (
                (
                    "        self.t += 1\n" + LOOP,
                    LOOP.replace("            g =", "            self.t += 1\n            g ="),
                ),
            ),
        ),
        "GC825": (
            (("        self.t += 1\n" + LOOP, "        self.t, self.m, self.v = 1, {}, {}\n" + LOOP),),
            ((UPDATE, f"            optimiser = type(optimiser)(optimiser.lr)\n{UPDATE}"),),
        ),
        "GC826": (((ADAM, ADAM.replace("(np.sqrt(v) + self.eps)", "np.sqrt(v + self.eps)")),),),
        "GC827": (
            (
                (
                    "parameter.grad *= limit / norm",
                    "parameter.grad[...] = np.clip(parameter.grad, -limit, limit)",
                ),
            ),
        ),
        "GC828": (
            ((RATE, "optimiser.lr = drop(base, 0)"),),
            ((RATE, "lr = drop(base, epoch)"),),
        ),
    },
)
