"""Networks that use one weight at several places, steps or ends, with their wirings and roles."""

from __future__ import annotations

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.styles.beside import beside, items
from tests.quality.styles.roles import Hidden, Roles

RECURRENT = (
    beside(
        "letters_recurrent",
        Wiring(
            setup="text, wanted, h0 = data(7, seed=1); p = init(2)",
            loss="loss(p, text, wanted, h0)",
            params=items("embed Wx Wh bh Wy by", "p['{}']"),
            grads=Grads("g = gradient(p, text, wanted, h0)", items("embed Wx Wh bh Wy by")),
            inputs="text",
            labels="wanted",
            outputs="np.array(run(p, text, h0)[-1])",
        ),
        Roles(
            delta="ds = (q[t] - wanted[t]) / steps",
            out="q[t]",
            logits="s[t]",
            labels="wanted[t]",
            n="",
            x="x[t]",
            hidden=(Hidden("dz = dh * (1 - h[t + 1] ** 2)", "", "h[t + 1]", 'p["Wy"].T @ ds'),),
            weights=(
                'g["Wy"] += np.outer(ds, h[t + 1])',
                'g["Wx"] += np.outer(dz, x[t])',
                'g["Wh"] += np.outer(dz, h[t])',
            ),
            biases={'g["by"] += ds': 'p["by"]', 'g["bh"] += dz': 'p["bh"]'},
            rows=False,
            matrices=('p["Wy"]', 'p["Wx"]', 'p["Wh"]'),
            particular={
                "GC206": (("np.outer(dz, h[t])", "np.outer(dz, h[t + 1])"),),
                "GC214": (
                    ('dh = p["Wy"].T @ ds + later', 'dh = p["Wy"].T @ ds'),
                    ('dh = p["Wy"].T @ ds + later', "dh = 1.0 * later"),
                ),
                "GC237": (
                    ('g["Wh"] += np.outer(dz, h[t])', 'g["Wh"] = np.outer(dz, h[t])'),
                    ('g["Wx"] += np.outer(dz, x[t])', 'g["Wx"] = np.outer(dz, x[t])'),
                ),
                "GC240": (('np.add.at(g["embed"], text, dx)', 'g["embed"][text] += dx'),),
            },
        ),
    ),
    beside(
        "gated_cell",
        Wiring(
            setup="xs, y = data(5, seed=1); net = Cell(3, 4, 2, seed=2)",
            loss="net.loss(xs, y)",
            params=items("Wf Uf bf Wc Uc bc V v", "net.{}"),
            grads=Grads("net.backward(xs, y)", items("Wf Uf bf Wc Uc bc V v", "net.g{}")),
            inputs="xs",
            labels="y",
            outputs="net.forward(xs)",
        ),
        Roles(
            delta="delta = 2 * (self.out - y) * (1 - self.out**2) / n",
            out="self.out",
            labels="y",
            n="n",
            x="xs[t]",
            hidden=(),
            weights=("self.gV = self.hs[-1].T @ delta",),
            biases={"self.gv = delta.sum(axis=0)": "self.v"},
            matrices=("self.V",),
            squared=True,
            particular={
                "GC201": (
                    ("dc = dh * f * (1 - c**2)", "dc = dh * f"),
                    ("(c - h) * f * (1 - f)", "(c - h)"),
                ),
                "GC204": (("dh * f * (1 - c**2)", "dh * f * c * (1 - c)"),),
                "GC214": (
                    (
                        "dh = dh * (1 - f) + df @ self.Uf.T + dc @ self.Uc.T",
                        "dh = df @ self.Uf.T + dc @ self.Uc.T",
                    ),
                    (
                        "dh = dh * (1 - f) + df @ self.Uf.T + dc @ self.Uc.T",
                        "dh = dh * (1 - f) + dc @ self.Uc.T",
                    ),
                ),
                "GC237": (
                    ("self.gUc += h.T @ dc", "self.gUc = h.T @ dc"),
                    ("self.gWf += xs[t].T @ df", "self.gWf = xs[t].T @ df"),
                ),
            },
        ),
    ),
    beside(
        "tied_autoencoder",
        Wiring(
            setup="x = data(7, seed=1); net = Autoencoder(seed=2)",
            loss="net.cost(x)",
            params=items("W c V b gain bias", "net.{}"),
            grads=Grads("g = net.grads(x)", items("W c V b gain bias")),
            inputs="x",
            labels="x",
            outputs="net.decode(x)",
        ),
        Roles(
            delta="d3 = (self.out - x) * self.out * (1 - self.out) / m",
            out="self.out",
            labels="x",
            n="m",
            x="x",
            hidden=(
                Hidden("d2 = (self.W @ d3) * self.u * (1 - self.u)", "", "self.u"),
                Hidden("dn = dt * (1 - self.t**2)", "", "self.t", "self.V.T @ d2"),
            ),
            weights=("dV = d2 @ self.h.T + LAMBDA / m * self.V",),
            biases={
                "dc = np.sum(d3, axis=1, keepdims=True)": "self.c",
                "db = np.sum(d2, axis=1, keepdims=True)": "self.b",
            },
            penalties={"LAMBDA / m * self.V": "self.V", "LAMBDA / m * self.W": "self.W"},
            rows=False,
            matrices=("self.V",),
            squared=True,
            particular={
                "GC215": (
                    (
                        "(self.V.T @ d2) * self.drop",
                        "(self.V.T @ d2) * np.random.binomial(1, 0.8, self.t.shape) / 0.8",
                    ),
                ),
                "GC216": (("dt = (self.V.T @ d2) * self.drop", "dt = self.V.T @ d2"),),
                "GC217": (
                    (
                        "(du - np.mean(du, axis=0) - self.unit * np.mean(du * self.unit, axis=0)) / self.dev",
                        "du / self.dev",
                    ),
                    ("du - np.mean(du, axis=0) - self.unit", "du - self.unit"),
                ),
                "GC218": (("np.var(s, axis=0)", "np.var(s, axis=0, ddof=1)"),),
                "GC236": (("d1 @ x.T", "d1 @ x[:, ::-1].T"),),
                "GC237": (
                    ("dW += self.u @ d3.T", "dW = self.u @ d3.T"),
                    ("\n        dW += self.u @ d3.T", ""),
                ),
                "GC241": (('"gain": dgain, "bias": dbias', '"gain": dbias, "bias": dgain'),),
            },
        ),
    ),
)
