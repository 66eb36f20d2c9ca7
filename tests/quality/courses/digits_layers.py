"""The roles of digits_layers."""

from gradcheck.subject.wiring import Grads, Step, Wiring
from tests.quality.courses.network import network
from tests.quality.courses.roles import Activation, Course, Draw

SETS = "train_set, test_set = slice(None, 48), slice(48, None)"
TEST = "net.loss(centred(x[test_set], mean, std), y[test_set])"
NORM = "            norm = np.sqrt(sum(np.sum(g * g) for _, g in net.pairs()))\n"
STEP = "            optimiser.step(net.pairs())\n"
M_HAT, V_HAT = "m_hat = m / (1 - self.b1**self.count)", "v_hat = v / (1 - self.b2**self.count)"
ADAM = "w -= self.rate * m_hat / (np.sqrt(v_hat) + self.eps)"
LOG = "log_softmax(self.logits(x, training))[np.arange(len(y)), y]"
ADD = "return x @ self.W + self.b"

COURSE = Course(
    network(
        "digits_layers",
        Wiring(
            setup="x, y = ready(48, seed=1); net = Stack(seed=1)",
            loss="net.loss(x, y, True)",
            params={f"{a}{i}": f"net.l{i}.{a}" for i in (1, 2) for a in "Wb"},
            grads=Grads(
                "net.clear(); net.backward(x, y)", {f"{a}{i}": f"net.l{i}.d{a}" for i in (1, 2) for a in "Wb"}
            ),
            inputs="x",
            labels="y",
            outputs="net.forward(x)",
            train="rows = train(net, Adam(0.02), x, y)",
            update=Step("net.clear(); net.backward(x, y); Adam(0.02).step(net.pairs())", "0.02"),
        ),
    ),
    probes=(
        "accuracy(net, x[:25], y[:25])",
        "(D := x + 3.0) is None or (centred(D, 1.0, 2.0), D)",
        "train(net, Momentum(0.05), x, y)",
        "net.loss(x, y)",
        "trial(seed=1)",
    ),
    activations=(Activation("np.tanh(x)", "x", " * (1 - self.y**2)"),),
    additions={ADD: "return x @ self.W"},
    draws=(
        Draw(
            "self.W = ",
            "rng.normal(0, 1 / np.sqrt(fan_in), (fan_in, fan_out))",
            "(fan_in, fan_out)",
            ("W1", "W2"),
        ),
    ),
    rates={},
    loss="-np.mean(log_softmax(",
    particular={
        "GC121": (
            ((LOG, "(0 * log_softmax(self.logits(x, training)) + np.log(1 / 3))[np.arange(len(y)), y]"),),
        ),
        "GC122": ((("-np.mean(log_softmax(", "-np.sum(log_softmax("), ("        d = d / len(y)\n", "")),),
        "GC146": (
            ((LOG, "log_softmax(np.exp(log_softmax(self.logits(x, training))))[np.arange(len(y)), y]"),),
        ),
        "GC147": ((("return z - np.log(np.exp(z).sum(axis=1, keepdims=True))", "return z"),),),
        "GC144": (
            (
                (
                    "np.log(np.exp(z).sum(axis=1, keepdims=True))",
                    "np.log(np.exp(z).sum(axis=0, keepdims=True))",
                ),
            ),
        ),
        "GC145": ((("np.log(np.exp(z).sum(axis=1, keepdims=True))", "np.log(np.exp(z).sum())"),),),
        "GC148": ((("self.x = x\n", "x = x - x.mean(axis=0)\n        self.x = x\n"),),),
        "GC151": (
            (("        if not training:\n            return x\n", ""),),
            (
                ("return np.exp(log_softmax(x))", "return np.exp(log_softmax(self.logits(inputs, True)))"),
                (
                    "    def forward(self, x, training=False):\n        for layer",
                    "    def forward(self, x, training=False):\n        inputs = x\n        for layer",
                ),
            ),
        ),
        "GC152": (
            (("(rng.random(x.shape) < self.keep) / self.keep", "(rng.random(x.shape) < self.keep) * 1.0"),),
        ),
        "GC404": ((("return (x - mean) / std", "x -= mean\nx /= std\nreturn x"),),),
        "GC406": (((ADAM, ADAM.replace("w -=", "w = w -")),),),
        "GC501": ((("rng.normal(0, 0.1, fan_out)", "rng.normal(0, 0.1, fan_out) * np.inf"),),),
        "GC502": ((("    z = z - z.max(axis=1, keepdims=True)\n", ""),),),
        "GC509": ((("z = z - z.max(axis=1, keepdims=True)", "z = z - z.max()"),),),
        "GC503": (((LOG, "np.log(np.exp(log_softmax(self.logits(x, training))))[np.arange(len(y)), y]"),),),
        "GC504": (
            ((LOG, "np.maximum(log_softmax(self.logits(x, training)), -1.2)[np.arange(len(y)), y]"),),
            (
                (
                    LOG,
                    "np.log(np.maximum(np.exp(log_softmax(self.logits(x, training))), 0.3))[np.arange(len(y)), y]",
                ),
            ),
        ),
        "GC522": ((("d = d / len(y)", "d = (d / len(y)).astype(int)"),),),
        "GC601": ((("        d[np.arange(len(y)), y] -= 1\n", ""),),),
        "GC603": (
            (
                (
                    "rng.normal(0, 1 / np.sqrt(fan_in), (fan_in, fan_out))",
                    "rng.normal(0, 50, (fan_in, fan_out))",
                ),
            ),
        ),
        "GC701": ((("return (x - mean) / std", "return x"),),),
        "GC702": ((("net.backward(x[part], y[part])", "net.backward(x[part], y[at : at + size])"),),),
        "GC703": ((("index = order.permutation(len(y))", "index = np.argsort(y)"),),),
        "GC704": (
            ((SETS, "train_set, test_set = slice(None, 48), slice(0, 16)"),),
            ((SETS, "train_set, test_set = slice(None, None), slice(48, None)"),),
        ),
        "GC705": (
            (
                (
                    TEST,
                    "net.loss(centred(x[test_set], x[test_set].mean(axis=0), x[test_set].std(axis=0)), y[test_set])",
                ),
            ),
        ),
        "GC706": (
            (
                (LOG, LOG.replace(", y]", ", y - 1]")),
                ("d[np.arange(len(y)), y] -= 1", "d[np.arange(len(y)), y - 1] -= 1"),
            ),
        ),
        "GC707": ((("return (x - mean) / std", "scaled = np.zeros(x.shape)\nreturn scaled"),),),
        "GC721": (
            (
                ("right = [np.sum(guess", "right = [np.mean(guess"),
                ("return sum(right) / len(y)", "return np.mean(right)"),
            ),
        ),
        "GC722": ((("net.forward(x).argmax(axis=1)", "net.forward(x).argmax(axis=0)"),),),
        "GC725": (((NORM + STEP, STEP + "            net.clear()\n" + NORM),),),
        "GC801": (((ADAM, ADAM.replace("-=", "+=")),),),
        "GC802": (
            (
                (
                    "optimiser.rate = base * 0.5 ** (epoch // 8)",
                    "optimiser.rate = base * int(0.5 ** (epoch // 8 + 1))",
                ),
            ),
        ),
        "GC803": (
            (("            net.clear()\n", ""),),
            (
                ("            net.clear()\n", ""),
                ("    for epoch in range(epochs):\n", "    net.clear()\n    for epoch in range(epochs):\n"),
            ),
        ),
        "GC805": (
            (
                (
                    "for layer in self.layers for pair in layer.pairs()",
                    "for layer in self.layers[:-1] for pair in layer.pairs()",
                ),
            ),
            (("[(self.W, self.dW), (self.b, self.db)]", "[(self.W, self.dW)]"),),
        ),
        "GC806": (((ADAM, ADAM.replace("w -= ", "w[...] = -")),),),
        "GC807": (
            (
                (
                    "optimiser.rate = base * 0.5 ** (epoch // 8)",
                    "optimiser.rate = 2000 * base * 0.5 ** (epoch // 8)",
                ),
            ),
        ),
        "GC808": (
            (
                (
                    "optimiser.rate = base * 0.5 ** (epoch // 8)",
                    "optimiser.rate = 1e-7 * base * 0.5 ** (epoch // 8)",
                ),
            ),
        ),
        "GC809": (((ADAM, ADAM.replace("w -=", "v = w -")),),),
        "GC821": (
            (("v[...] = self.mu * v + g", "v = self.mu * v + g"),),
            (("v[...] = self.mu * v + g", "v[...] = g"),),
        ),
        "GC823": (
            ((M_HAT, "m_hat = m"), (V_HAT, "v_hat = v")),
            ((V_HAT, "v_hat = v"),),
            ((M_HAT, "m_hat = m"),),
        ),
        "GC824": (
            (
                (
                    "        self.count += 1\n        for m, v, (w, g) in zip(self.m, self.v, pairs, strict=True):\n",
                    "        for m, v, (w, g) in zip(self.m, self.v, pairs, strict=True):\n            self.count += 1\n",
                ),
            ),
        ),
        "GC825": (
            (
                (
                    "            optimiser.step(net.pairs())\n",
                    "            optimiser = type(optimiser)(optimiser.rate)\n            optimiser.step(net.pairs())\n",
                ),
            ),
            (
                (
                    "        if not self.m:\n            self.m = [np.zeros_like(w) for w, _ in pairs]\n            self.v = [np.zeros_like(w) for w, _ in pairs]\n        self.count += 1\n",
                    "        self.m = [np.zeros_like(w) for w, _ in pairs]\n        self.v = [np.zeros_like(w) for w, _ in pairs]\n        self.count = 1\n",
                ),
            ),
        ),
        "GC826": (((ADAM, ADAM.replace("(np.sqrt(v_hat) + self.eps)", "np.sqrt(v_hat + self.eps)")),),),
    },
)
