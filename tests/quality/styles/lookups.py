"""Networks that look up vectors by their indices, with their wirings and roles."""

from __future__ import annotations

from gradcheck.subject.wiring import Grads, Wiring
from tests.quality.styles.beside import beside, items
from tests.quality.styles.roles import Hidden, Roles

LOOKUPS = (
    beside(
        "twin_towers",
        Wiring(
            setup="left, right, y = data(7, seed=1); p = start(2)",
            loss="make(p)[0](left, right, y)",
            params=items("E W b s c", "p['{}']"),
            grads=Grads("g = make(p)[1](left, right, y)", items("E W b s c")),
            inputs="left",
            labels="y",
            outputs="make(p)[2](left, right)",
        ),
        Roles(
            delta="d = (q - y) / len(y)",
            out="q",
            logits="logit",
            labels="y",
            n="len(y)",
            x="mean_l",
            hidden=(
                Hidden("du = up * v * (1 / (1 + np.exp(-z_l)))", "", "u"),
                Hidden("dv = up * u * (1 / (1 + np.exp(-z_r)))", "", "v"),
            ),
            weights=('g["s"] = (u * v).T @ d', 'g["W"] += mean_l.T @ du', 'g["W"] += mean_r.T @ dv'),
            biases={'g["c"] = d.sum(axis=0)': "c"},
            classes="sigmoid",
            particular={
                "GC202": (
                    ("(1 / (1 + np.exp(-z_l)))", "(1 / (1 + np.exp(-u)))"),
                    ("(1 / (1 + np.exp(-z_r)))", "(1 / (1 + np.exp(-v)))"),
                ),
                "GC237": (
                    ('g["W"] += mean_r.T @ dv', 'g["W"] = mean_r.T @ dv'),
                    ('np.add.at(g["E"], right,', 'g["E"] = np.zeros_like(E)\nnp.add.at(g["E"], right,'),
                ),
                "GC240": (
                    (
                        'np.add.at(g["E"], left, (du @ W.T)[:, None] / left.shape[1])',
                        'g["E"][left] += (du @ W.T)[:, None] / left.shape[1]',
                    ),
                    (
                        'np.add.at(g["E"], right, (dv @ W.T)[:, None] / right.shape[1])',
                        'g["E"][right] += (dv @ W.T)[:, None] / right.shape[1]',
                    ),
                ),
            },
        ),
    ),
    beside(
        "rated_items",
        Wiring(
            setup="who, what, rating = data(9, seed=1); net = Ratings(seed=2)",
            loss="net.loss(who, what, rating)",
            params=items("P Q W b v c", "net.params['{}']"),
            grads=Grads("g = net.backprop(who, what, rating)", items("P Q W b v c")),
            inputs="who",
            labels="rating",
            outputs="net.predict(who, what)",
        ),
        Roles(
            delta="miss = (out - rating) / n",
            out="out",
            labels="rating",
            n="n",
            x="self.both",
            hidden=(Hidden('dh = (miss @ w["v"].T) * (1 - self.h**2)', "", "self.h"),),
            weights=('dv = self.h.T @ miss + decay * w["v"]', 'dW = self.both.T @ dh + decay * w["W"]'),
            biases={"dc = np.sum(miss, axis=0)": 'w["c"]', "db = np.sum(dh, axis=0)": 'w["b"]'},
            penalties={'decay * w["v"]': 'w["v"]', 'decay * w["W"]': 'w["W"]'},
            matrices=('w["v"]', 'w["W"]'),
            squared=True,
            particular={
                "GC214": (
                    ("dp = dp + miss * self.q", "dp = miss * self.q"),
                    ("dq = dq + miss * self.p", "dq = dq + 0"),
                ),
                "GC240": (
                    ("np.add.at(dQ, what, dq)", "dQ[what] += dq"),
                    ("for i, user in enumerate(who):\n            dP[user] += dp[i]", "dP[who] += dp"),
                ),
            },
        ),
    ),
    beside(
        "mixed_table",
        Wiring(
            setup="x, kind, t = data(8, seed=1); net = Table(2)",
            loss="net.loss(x, kind, t)",
            params={**items("T A B b", "net.{}"), **items("g s", "net.norm.{}")},
            grads=Grads(
                "net.backward(x, kind, t)",
                {**items("T A B b", "net.d{}"), **items("g s", "net.norm.d{}")},
            ),
            inputs="x",
            labels="t",
            outputs="net.forward(x, kind)",
        ),
        Roles(
            delta="d = (p - t) / n",
            out="p",
            logits="self.scores",
            labels="t",
            n="n",
            x="self.row",
            hidden=(Hidden("dz = dr * (self.z > 0)", "self.z", "self.r"),),
            weights=(
                "self.dB = self.all.T @ d + 2 * self.alpha * self.B",
                "self.dA = self.row.T @ da + 2 * self.alpha * self.A",
            ),
            biases={"self.db = np.sum(d, axis=0)": "self.b"},
            penalties={"2 * self.alpha * self.B": "self.B", "2 * self.alpha * self.A": "self.A"},
            matrices=("self.B", "self.A"),
            classes="softmax",
            particular={
                "GC214": (
                    ("drow = drow + da @ self.A.T", "drow = da @ self.A.T"),
                    ("drow = drow + da @ self.A.T", "drow = 1.0 * drow"),
                ),
                "GC215": (
                    (
                        "dr = dr * self.mask",
                        "dr = dr * (np.random.random(dr.shape) >= self.drop) / (1 - self.drop)",
                    ),
                ),
                "GC216": (("dr = dr * self.mask", "dr = 1.0 * dr"),),
                "GC217": (
                    ("return dxc - dmean / n", "return dxc"),
                    ("return dxc - dmean / n", "return dxn / self.std"),
                    ("dxc = dxc + 2 / n * self.xc * dvar", "dxc = 1.0 * dxc"),
                ),
                "GC218": (
                    ("np.var(x, axis=0)", "np.var(x, axis=0, ddof=1)"),
                    ("2 / n * self.xc", "2 / (n - 1) * self.xc"),
                ),
                "GC240": (("np.add.at(self.dT, kind, drow[:, 3:])", "self.dT[kind] += drow[:, 3:]"),),
                "GC241": (
                    (
                        "self.ds = np.sum(dy, axis=0)\n        self.dg = np.sum(dy * self.xn, axis=0)",
                        "self.dg = np.sum(dy, axis=0)\n        self.ds = np.sum(dy * self.xn, axis=0)",
                    ),
                ),
            },
        ),
    ),
)
