"""The networks beside this file, with their wirings and roles."""

from __future__ import annotations

from gradcheck.subject.wiring import Grads, Step, Wiring
from tests.quality.styles.beside import beside, items
from tests.quality.styles.roles import Hidden, Roles

OWN = (
    beside(
        "leaky_tuple",
        Wiring(
            setup="X, T = data(9, seed=1); theta = start(2)",
            loss="objective(X, T, theta, 0.1)",
            params={name: f"theta[{i}]" for i, name in enumerate(("W1", "b1", "W2", "b2", "W3", "b3"))},
            grads=Grads(
                "g = slopes(X, T, theta, 0.1)",
                {name: f"g[{i}]" for i, name in enumerate(("W1", "b1", "W2", "b2", "W3", "b3"))},
            ),
            inputs="X",
            labels="T",
            outputs="forward(X, theta)[-1]",
        ),
        Roles(
            delta="d3 = (p - T) / n",
            out="p",
            logits="z3",
            labels="T",
            n="n",
            x="X",
            hidden=(
                Hidden("d2 = (d3 @ W3.T) * leaky_slope(z2)", "z2", "a2"),
                Hidden("d1 = (d2 @ W2.T) * leaky_slope(z1)", "z1", "a1"),
            ),
            weights=(
                "gW3 = a2.T @ d3 + lam * W3",
                "gW2 = a1.T @ d2 + lam * W2",
                "gW1 = X.T @ d1 + lam * W1",
            ),
            biases={f"gb{i} = d{i}.sum(axis=0)": f"theta[{2 * i - 1}]" for i in (3, 2, 1)},
            penalties={f"lam * W{i}": f"W{i}" for i in (3, 2, 1)},
            matrices=("W3", "W2", "W1"),
            classes="softmax",
        ),
    ),
    beside(
        "sigmoid_attributes",
        Wiring(
            setup="x, t = data(8, seed=1); net = Net(2)",
            loss="net.error(x, t)",
            params=items("w_in b_in w_out b_out", "net.{}"),
            grads=Grads("net.backprop(x, t)", items("w_in b_in w_out b_out", "net.g_{}")),
            inputs="x",
            labels="t",
            outputs="net.predict(x)",
        ),
        Roles(
            delta="d_out = (self.out - t) * self.out * (1 - self.out)",
            out="self.out",
            logits="self.s_out",
            labels="t",
            n="n",
            x="x",
            hidden=(Hidden("d_hid = back * self.hid * (1 - self.hid)", "self.s_hid", "self.hid"),),
            weights=("self.g_w_out = np.dot(self.hid.T, d_out) / n", "self.g_w_in = np.dot(x.T, d_hid) / n"),
            biases={
                "self.g_b_out = np.sum(d_out, axis=0, keepdims=True) / n": "self.b_out",
                "self.g_b_in = np.sum(d_hid, axis=0, keepdims=True) / n": "self.b_in",
            },
            matrices=("self.w_out", "self.w_in"),
            squared=True,
        ),
    ),
    beside(
        "softplus_sample",
        Wiring(
            setup="x, t = data(1); net = Learner(2)",
            loss="net.loss(x, t)",
            params=items("U c V d w e", "net.{}"),
            step=Step("net.learn(x, t, 0.1)", "0.1"),
            inputs="x",
            labels="t",
            outputs="net.activate(x)[-1]",
        ),
        Roles(
            delta="err = 2 * (y - t)",
            out="y",
            labels="t",
            n="",
            x="x",
            hidden=(
                Hidden("g2 = self.w.T.dot(err) * (1 / (1 + np.exp(-z2)))", "z2", "h2"),
                Hidden("g1 = self.V.T.dot(g2) * (1 / (1 + np.exp(-z1)))", "z1", "h1"),
            ),
            weights=("dw = np.outer(err, h2)", "dV = np.outer(g2, h1)", "dU = np.outer(g1, x)"),
            biases={"de = err": "self.e", "dd = g2": "self.d", "dc = g1": "self.c"},
            rows=False,
            matrices=("self.w", "self.V", "self.U"),
            squared=True,
        ),
    ),
    beside(
        "logistic_columns",
        Wiring(
            setup="x, t = data(9, seed=1); p = init(2)",
            loss="cost(x, t, p)",
            params=items("w1 b1 w2 b2 w3 b3", "p['{}']"),
            grads=Grads("g = grad(x, t, p)", items("w1 b1 w2 b2 w3 b3")),
            inputs="x",
            labels="t",
            outputs="run(x, p)[-1]",
        ),
        Roles(
            delta="dz3 = out - t",
            out="out",
            logits="z3",
            labels="t",
            n="m",
            x="x",
            hidden=(
                Hidden('dz2 = np.dot(p["w3"].T, dz3) * (1 - np.power(a2, 2))', "z2", "a2"),
                Hidden('dz1 = np.dot(p["w2"].T, dz2) * (1 - np.power(a1, 2))', "z1", "a1"),
            ),
            weights=(
                "dw3 = np.dot(dz3, a2.T) / m",
                "dw2 = np.dot(dz2, a1.T) / m",
                "dw1 = np.dot(dz1, x.T) / m",
            ),
            biases={f"db{i} = np.mean(dz{i}, axis=1, keepdims=True)": f'p["b{i}"]' for i in (3, 2, 1)},
            rows=False,
            matrices=('p["w3"]', 'p["w2"]', 'p["w1"]'),
            classes="sigmoid",
        ),
    ),
    beside(
        "sine_penalised",
        Wiring(
            setup="X, Y = data(9, seed=1); net = Model(2)",
            loss="net.loss(X, Y)",
            params=items("A a B b C c", "net.{}"),
            grads=Grads(
                "_, g = net.loss_and_grad(X, Y)", {name: f"g[{i}]" for i, name in enumerate("AaBbCc")}
            ),
            inputs="X",
            labels="Y",
            outputs="net(X)",
        ),
        Roles(
            delta="dout = 2 * (out - Y) / N",
            out="out",
            labels="Y",
            n="N",
            x="X",
            hidden=(
                Hidden("dv = (dout @ self.C.T) * (1 - self.g * self.g)", "self.v", "self.g"),
                Hidden("du = (dv @ self.B.T) * np.cos(self.u)", "self.u", "self.f"),
            ),
            weights=("dC = self.g.T @ dout", "dB = self.f.T @ dv", "dA = X.T @ du"),
            biases={
                "dc = np.sum(dout, axis=0)": "self.c",
                "db = np.sum(dv, axis=0)": "self.b",
                "da = np.sum(du, axis=0)": "self.a",
            },
            penalties={f"DECAY / N * self.{name}": f"self.{name}" for name in "CBA"},
            matrices=("self.C", "self.B", "self.A"),
            squared=True,
        ),
    ),
    beside(
        "relu_combined",
        Wiring(
            setup="X, y = data(9, seed=1); model = fresh(2)",
            loss="evaluate(model, X, y, 0.1)[0]",
            params=items("W1 b1 W2 b2", "model['{}']"),
            grads=Grads("_, g = evaluate(model, X, y, 0.1)", items("W1 b1 W2 b2")),
            inputs="X",
            labels="y",
            outputs="scores_of(model, X)[1]",
        ),
        Roles(
            delta="dscores = dscores / n",
            out="probs",
            logits="scores",
            one_hot="dscores[range(n), y] -= 1",
            n="n",
            x="X",
            hidden=(Hidden("dhidden = dhidden * (hidden > 0)", "", "hidden"),),
            weights=('grads["W2"] = hidden.T.dot(dscores)', 'grads["W1"] = X.T.dot(dhidden)'),
            biases={
                'grads["b2"] = dscores.sum(axis=0)': 'model["b2"]',
                'grads["b1"] = dhidden.sum(axis=0)': 'model["b1"]',
            },
            penalties={'reg * model["W2"]': 'model["W2"]', 'reg * model["W1"]': 'model["W1"]'},
            matrices=('model["W2"]', 'model["W1"]'),
            classes="softmax",
        ),
    ),
    beside(
        "stacked_rows",
        Wiring(
            setup="X, T = data(9, seed=1); net = build(2)",
            loss="loss(net, X, T)",
            params=items("W1 gamma beta W2 b2 W3 b3", "net['{}']"),
            grads=Grads("g = gradient(net, X, T)", items("W1 gamma beta W2 b2 W3 b3")),
            inputs="X",
            labels="T",
            outputs="forward(net, X)[-1]",
        ),
        Roles(
            delta="d3 = (out - T) / n",
            out="out",
            labels="T",
            n="n",
            x="X",
            hidden=(
                Hidden("d2 = dh2 * (z2 > 0)", "z2", "h2", 'd3 @ net["W3"].T'),
                Hidden("dy = da1 * (1 - a1**2)", "", "a1", 'd2 @ net["W2"].T'),
            ),
            weights=(
                'g["W3"] = h3.T @ d3 + LAM * net["W3"]',
                'g["W2"] = h1.T @ d2 + LAM * net["W2"]',
                'g["W1"] = X.T @ d1 + LAM * net["W1"]',
            ),
            matrices=tuple(f'net["W{i}"]' for i in (3, 2, 1)),
            biases={'g["b3"] = d3.sum(axis=0)': 'net["b3"]', 'g["b2"] = d2.sum(axis=0)': 'net["b2"]'},
            penalties={f'LAM * net["W{i}"]': f'net["W{i}"]' for i in (3, 2, 1)},
            squared=True,
            particular={
                "GC214": (
                    ('dh1 = d2 @ net["W2"].T + dh2', 'dh1 = d2 @ net["W2"].T'),
                    ('dh1 = d2 @ net["W2"].T + dh2', "dh1 = dh2"),
                ),
                "GC215": (("da1 = dh1 * mask", "da1 = dh1 * (np.random.random(a1.shape) < KEEP) / KEEP"),),
                "GC216": (("da1 = dh1 * mask", "da1 = dh1"),),
                "GC217": (
                    ("(du - du.mean(axis=0) - unit * (du * unit).mean(axis=0)) / std", "du / std"),
                    (
                        "(du - du.mean(axis=0) - unit * (du * unit).mean(axis=0)) / std",
                        "(du - du.mean(axis=0)) / std",
                    ),
                ),
                "GC218": (("z1.var(axis=0)", "z1.var(axis=0, ddof=1)"),),
                "GC241": (
                    (
                        'g["gamma"] = (dy * unit).sum(axis=0)\n    g["beta"] = dy.sum(axis=0)',
                        'g["beta"] = (dy * unit).sum(axis=0)\n    g["gamma"] = dy.sum(axis=0)',
                    ),
                ),
                "GC219": (
                    ("best = np.eye(2)[pairs.argmax(axis=2)]", "best = np.full((n, 3, 2), 0.5)"),
                    ("best = np.eye(2)[pairs.argmax(axis=2)]", "best = np.eye(2)[pairs.argmin(axis=2)]"),
                ),
            },
        ),
    ),
    beside(
        "stacked_columns",
        Wiring(
            setup="x, t = data(9, seed=1); net = Net(2)",
            loss="net.cost(x, t)",
            params={
                **items("A B b C c", "net.{}"),
                **items("scale shift", "net.normal.{}"),
            },
            grads=Grads(
                "net.slopes(x, t)",
                {**items("A B b C c", "net.g_{}"), **items("scale shift", "net.normal.g_{}")},
            ),
            inputs="x",
            labels="t",
            outputs="net.run(x)[1]",
        ),
        Roles(
            delta="d3 = (p - t) / x.shape[1]",
            out="p",
            labels="t",
            n="x.shape[1]",
            x="x",
            hidden=(
                Hidden("d2 = dh2 * (1 - self.t2**2)", "", "self.t2", "self.C.T @ d3"),
                Hidden("dy1 = ds1 * self.s1 * (1 - self.s1)", "", "self.s1", "self.B.T @ d2"),
            ),
            weights=("self.g_C = d3 @ self.pool.T", "self.g_B = d2 @ self.h1.T", "self.g_A = d1 @ x.T"),
            biases={
                "self.g_c = np.sum(d3, axis=1, keepdims=True)": "self.c",
                "self.g_b = np.sum(d2, axis=1, keepdims=True)": "self.b",
            },
            rows=False,
            matrices=("self.C", "self.B", "self.A"),
            classes="softmax",
            particular={
                "GC214": (
                    ("dh1 = self.B.T @ d2 + dh2", "dh1 = self.B.T @ d2"),
                    ("dh1 = self.B.T @ d2 + dh2", "dh1 = dh2"),
                ),
                "GC215": (
                    ("ds1 = dh1 * self.kept", "ds1 = dh1 * (np.random.random(dh1.shape) < 0.8) / 0.8"),
                ),
                "GC216": (("ds1 = dh1 * self.kept", "ds1 = dh1"),),
                "GC217": (("inner / (m * self.sigma)", "dn / self.sigma"),),
                "GC241": (
                    (
                        (
                            "self.g_scale = np.sum(dy * self.norm, axis=1, keepdims=True)\n"
                            "        self.g_shift = np.sum(dy, axis=1, keepdims=True)"
                        ),
                        (
                            "self.g_shift = np.sum(dy * self.norm, axis=1, keepdims=True)\n"
                            "        self.g_scale = np.sum(dy, axis=1, keepdims=True)"
                        ),
                    ),
                ),
                "GC218": (
                    ("np.mean(centre**2, axis=1, keepdims=True)", "np.var(z, axis=1, ddof=1, keepdims=True)"),
                ),
                "GC219": (
                    ("up * (self.h2[0::2] >= self.h2[1::2])", "up * (self.h2[0::2] < self.h2[1::2])"),
                    ("up * (self.h2[0::2] >= self.h2[1::2])", "up"),
                ),
            },
        ),
    ),
)
