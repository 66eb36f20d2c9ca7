"""A cell with one gate over a few steps, its states in lists, gradients on the object; tanh outputs, squared error."""

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


class Cell:
    def __init__(self, n_in, n_hid, n_out, seed=0):
        rng = np.random.default_rng(seed)
        self.Wf, self.Uf = rng.normal(0, 0.6, (n_in, n_hid)), rng.normal(0, 0.6, (n_hid, n_hid))
        self.Wc, self.Uc = rng.normal(0, 0.6, (n_in, n_hid)), rng.normal(0, 0.6, (n_hid, n_hid))
        self.bf, self.bc = rng.normal(0, 0.3, n_hid), rng.normal(0, 0.3, n_hid)
        self.V, self.v = rng.normal(0, 0.6, (n_hid, n_out)), rng.normal(0, 0.3, n_out)

    def forward(self, xs):
        self.hs = [np.zeros((len(xs[0]), len(self.bf)))]
        self.fs, self.cs = [], []
        for x in xs:
            h = self.hs[-1]
            self.fs.append(sigmoid(x @ self.Wf + h @ self.Uf + self.bf))
            self.cs.append(np.tanh(x @ self.Wc + h @ self.Uc + self.bc))
            self.hs.append((1 - self.fs[-1]) * h + self.fs[-1] * self.cs[-1])
        self.out = np.tanh(self.hs[-1] @ self.V + self.v)
        return self.out

    def loss(self, xs, y):
        return np.mean(np.sum((self.forward(xs) - y) ** 2, axis=1))

    def backward(self, xs, y):
        self.forward(xs)
        n = len(y)
        self.gWf, self.gUf, self.gbf = 0 * self.Wf, 0 * self.Uf, 0 * self.bf
        self.gWc, self.gUc, self.gbc = 0 * self.Wc, 0 * self.Uc, 0 * self.bc
        delta = 2 * (self.out - y) * (1 - self.out**2) / n
        self.gV = self.hs[-1].T @ delta
        self.gv = delta.sum(axis=0)
        dh = delta @ self.V.T
        for t in range(len(xs) - 1, -1, -1):
            h, f, c = self.hs[t], self.fs[t], self.cs[t]
            df = dh * (c - h) * f * (1 - f)
            dc = dh * f * (1 - c**2)
            self.gWf += xs[t].T @ df
            self.gUf += h.T @ df
            self.gbf += df.sum(axis=0)
            self.gWc += xs[t].T @ dc
            self.gUc += h.T @ dc
            self.gbc += dc.sum(axis=0)
            dh = dh * (1 - f) + df @ self.Uf.T + dc @ self.Uc.T


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    xs = rng.normal(0, 1, (4, n, 3))
    return xs, 0.8 * np.tanh(np.stack([xs[0, :, 0] + xs[3, :, 1], xs[2, :, 2]], axis=1))
