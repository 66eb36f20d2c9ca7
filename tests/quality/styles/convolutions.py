"""Networks that convolve, with their wirings and roles."""

from __future__ import annotations

from gradcheck.subject.wiring import Grads, Step, Wiring
from tests.quality.styles.beside import beside, items
from tests.quality.styles.roles import Hidden, Roles

CONVOLUTIONS = (
    beside(
        "conv_text",
        Wiring(
            setup="words, T = data(6, seed=1); w = fresh(2)",
            loss="loss(w, words, T)",
            params=items("E K k V v", "w.{}"),
            grads=Grads("g = gradient(w, words, T)", items("E K k V v", "g.{}")),
            inputs="words",
            labels="T",
            outputs="read(w, words)[-1]",
        ),
        Roles(
            delta="d = (p - T) / n",
            out="p",
            logits="scores",
            labels="T",
            n="n",
            x="words",
            hidden=(Hidden("dz = da * (1 - np.tanh(z) ** 2)", "z", "a"),),
            weights=("gV = top.T @ d",),
            biases={"gv = d.sum(axis=0)": "w.v"},
            matrices=("w.V",),
            classes="softmax",
            particular={
                "GC219": (
                    ("best = a.argmax(axis=1)", "best = a.argmin(axis=1)"),
                    ("da[i, best[i], np.arange(4)] = dtop[i]", "da[i] = dtop[i] / length"),
                ),
                "GC238": (("gK[o] = ", "gK[2 - o] = "), ("Weights(gE, gK,", "Weights(gE, gK[::-1],")),
                "GC239": (
                    (
                        '"nlc,nlf->cf", x[:, o : o + length], dz',
                        '"nlc,nlf->cf", x[:, o + 1 : o + length], dz[:, 1:]',
                    ),
                    (
                        '"nlc,nlf->cf", x[:, o : o + length], dz',
                        '"nlc,nlf->cf", x[:, o + 1 : o + length - 1], dz[:, 1:-1]',
                    ),
                    ("dx[:, 1:-1]", "dx[:, :-2]"),
                ),
                "GC240": (("np.add.at(gE, words, dx[:, 1:-1])", "gE[words] += dx[:, 1:-1]"),),
            },
        ),
    ),
    beside(
        "conv_columns",
        Wiring(
            setup="x, t = data(6, seed=1); net = Net(2)",
            loss="net.loss(x, t)",
            params={
                "W1": "net.layers[0].W",
                "b1": "net.layers[0].b",
                "W2": "net.layers[1].W",
                "b2": "net.layers[1].b",
                "V": "net.V",
                "v": "net.v",
            },
            grads=Grads(
                "net.backward(x, t)",
                {
                    "W1": "net.layers[0].dW",
                    "b1": "net.layers[0].db",
                    "W2": "net.layers[1].dW",
                    "b2": "net.layers[1].db",
                    "V": "net.dV",
                    "v": "net.dv",
                },
            ),
            inputs="x",
            labels="t",
            outputs="net.forward(x)",
        ),
        Roles(
            delta="d = (self.probs - t) / len(x)",
            out="self.probs",
            logits="self.scores",
            labels="t",
            n="len(x)",
            x="x",
            hidden=(Hidden("dz = dout * np.cos(self.z)", "self.z", "self.out"),),
            weights=("self.dV = self.features.T @ d",),
            biases={"self.dv = d.sum(axis=0)": "self.v"},
            matrices=("self.V",),
            classes="softmax",
            particular={
                "GC215": (
                    (
                        "return dx * self.mask",
                        "return dx * (np.random.random(dx.shape) < self.keep) / self.keep",
                    ),
                ),
                "GC216": (("return dx * self.mask", "return dx"),),
                "GC219": (
                    (
                        "winner * dout[:, :, :, None, :, None]",
                        "np.ones_like(self.blocks) * dout[:, :, :, None, :, None] / 4",
                    ),
                    ("self.blocks == self.top", "self.blocks == self.blocks.min(axis=(3, 5), keepdims=True)"),
                ),
                "GC238": (
                    (
                        "self.cols.transpose(0, 2, 1), axis=0)",
                        "self.cols.transpose(0, 2, 1), axis=0)[:, ::-1]",
                    ),
                    ("flat @ self.cols.transpose(0, 2, 1)", "flat @ self.cols[:, ::-1].transpose(0, 2, 1)"),
                ),
                "GC239": (
                    ("return dx[:, :, 1:-1, 1:-1]", "return dx[:, :, :-2, :-2]"),
                    ("return dx[:, :, 1:-1, 1:-1]", "return dx[:, :, 2:, 2:]"),
                    (
                        "flat @ self.cols.transpose(0, 2, 1)",
                        "flat[:, :, cols:-cols] @ self.cols[:, :, cols:-cols].transpose(0, 2, 1)",
                    ),
                ),
            },
        ),
    ),
    beside(
        "conv_windows",
        Wiring(
            setup="x, t = data(6, seed=1); p = init(2)",
            loss="loss(p, x, t)",
            params=items("K k W gamma beta U u", "p['{}']"),
            grads=Grads("g = gradients(p, x, t)", items("K k W gamma beta U u")),
            inputs="x",
            labels="t",
            outputs="forward(p, x)[0]",
        ),
        Roles(
            delta="d = (out - t) * (1 - out**2)",
            out="out",
            labels="t",
            n="len(x)",
            x="flat",
            hidden=(
                Hidden('dy = (d @ p["U"].T) * (1 - r**2)', "", "r"),
                Hidden("dmaps = dh * (1 - h**2)", "", "h"),
            ),
            weights=('g["W"] = flat.T @ ds',),
            biases={},
            matrices=('p["U"]', 'p["W"]'),
            squared=True,
            particular={
                "GC217": (
                    (
                        "inv / N * (N * dxhat - dxhat.sum(axis=0) - xhat * np.sum(dxhat * xhat, axis=0))",
                        "dxhat * inv",
                    ),
                    (
                        "inv / N * (N * dxhat - dxhat.sum(axis=0) - xhat * np.sum(dxhat * xhat, axis=0))",
                        "inv / N * (N * dxhat - dxhat.sum(axis=0))",
                    ),
                    ("N * dxhat - dxhat.sum(axis=0) - xhat", "N * dxhat - xhat"),
                ),
                "GC218": (
                    ("np.mean((x - mu) ** 2, axis=0)", "np.sum((x - mu) ** 2, axis=0) / (len(x) - 1)"),
                    ("np.mean((x - mu) ** 2, axis=0)", "np.var(x, axis=0, ddof=1)"),
                ),
                "GC219": (
                    (
                        "np.unravel_index(block.argmax(), block.shape)",
                        "np.unravel_index(block.argmin(), block.shape)",
                    ),
                    ("dx[n, f, 2 * i + r, 2 * j + c] +=", "dx[n, f, 2 * i, 2 * j] +="),
                ),
                "GC237": (("dK += np.tensordot(", "dK = np.tensordot("),),
                "GC238": (
                    ("return dK, dout", "return dK[:, ::-1, ::-1], dout"),
                    (
                        "+= np.tensordot(dout[:, :, i, j], window, ",
                        "+= np.tensordot(dout[:, :, i, j], window[:, ::-1, ::-1], ",
                    ),
                ),
                "GC239": (
                    (
                        "for i in range(dout.shape[2]):\n        for j in range(dout.shape[3]):\n            window",
                        (
                            "for i in range(1, dout.shape[2] - 1):\n"
                            "        for j in range(1, dout.shape[3] - 1):\n            window"
                        ),
                    ),
                    ("window = x[:, i : i + 3, j : j + 3]", "window = x[:, i + 1 : i + 4, j : j + 3]"),
                ),
                "GC241": (
                    (
                        'ds, g["gamma"], g["beta"] = norm_backward',
                        'ds, g["beta"], g["gamma"] = norm_backward',
                    ),
                    ("return dx, dgamma, dbeta", "return dx, dbeta, dgamma"),
                ),
            },
        ),
    ),
    beside(
        "conv_signal",
        Wiring(
            setup="X, T = data(5, seed=1); net = Filter(2)",
            loss="net.error(X, T)",
            params=items("k a q b w c", "net.{}"),
            step=Step("net.learn(X, T, 0.1)", "0.1"),
            inputs="X",
            labels="T",
            outputs="np.array([net.hear(x) for x in X])",
        ),
        Roles(
            delta="dy = (self.y - t) * self.y * (1 - self.y)",
            out="self.y",
            labels="t",
            n="",
            x="x",
            hidden=(
                Hidden("dg = ds * (1 - self.g**2)", "", "self.g", "self.w.T @ dy"),
                Hidden("dz = dh * self.h * (1 - self.h)", "", "self.h"),
            ),
            weights=("dw = np.outer(dy, self.s)",),
            biases={
                "dc = dy": "self.c",
                "db = np.array([dg.sum()])": "self.b",
                "da = np.array([dz.sum()])": "self.a",
            },
            rows=False,
            matrices=("self.w",),
            squared=True,
            particular={
                "GC214": (
                    ('dh = ds + np.correlate(dg, self.q, "same")', "dh = ds"),
                    ('dh = ds + np.correlate(dg, self.q, "same")', 'dh = np.correlate(dg, self.q, "same")'),
                ),
                "GC238": (
                    (
                        'np.correlate(np.pad(dg, 1), self.h, "valid")',
                        'np.correlate(np.pad(dg, 1), self.h, "valid")[::-1]',
                    ),
                    ("dz[:-1] @ x[1:], dz @ x, dz[1:] @ x[:-1]", "dz[1:] @ x[:-1], dz @ x, dz[:-1] @ x[1:]"),
                ),
                "GC239": (("dz[:-1] @ x[1:], dz @ x,", "dz[:-1] @ x[1:], dz[1:-1] @ x[1:-1],"),),
            },
        ),
    ),
    beside(
        "conv_strided",
        Wiring(
            setup="x, y = data(6, seed=1); net = start(2)",
            loss="cost(x, y, net)",
            params=items("K k W b v c", "net['{}']"),
            grads=Grads("g = backward(x, y, net)", items("K k W b v c")),
            inputs="x",
            labels="y",
            outputs="forward(x, net)[-1]",
        ),
        Roles(
            delta="dlogit = (q - y) / m",
            out="q",
            logits="logit",
            labels="y",
            n="m",
            x="mean",
            hidden=(Hidden('dz2 = np.dot(dlogit, net["v"].T) * (1 - np.tanh(z2) ** 2)', "z2", "h"),),
            weights=("dv = np.dot(h.T, dlogit)", "dW = np.dot(mean.T, dz2)"),
            biases={"dc = np.sum(dlogit, axis=0)": 'net["c"]', "db = np.sum(dz2, axis=0)": 'net["b"]'},
            matrices=('net["v"]', 'net["W"]'),
            classes="sigmoid",
            particular={
                "GC238": (("views, dz)[:, ::-1, ::-1]", "views, dz)"),),
                "GC239": (("views, dz)[", "views[:, 1:-1, 1:-1], dz[:, :, 1:-1, 1:-1])["),),
            },
        ),
    ),
)
