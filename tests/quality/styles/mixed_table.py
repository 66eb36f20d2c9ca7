"""A table of numbers and one category that is looked up: batch norm, dropout, inputs joined again, a penalty, rows."""

import numpy as np


class Norm:
    def __init__(self, units, rng):
        self.g, self.s = rng.normal(1, 0.3, units), rng.normal(0, 0.3, units)

    def forward(self, x):
        mean = np.mean(x, axis=0)
        self.var = np.var(x, axis=0)
        self.xc = x - mean
        self.std = np.sqrt(self.var + 1e-5)
        self.xn = self.xc / self.std
        return self.xn * self.g + self.s

    def backward(self, dy):
        n = len(dy)
        self.ds = np.sum(dy, axis=0)
        self.dg = np.sum(dy * self.xn, axis=0)
        dxn = dy * self.g
        dxc = dxn / self.std
        dstd = -np.sum(dxn * self.xc / self.std**2, axis=0)
        dvar = dstd / (2 * self.std)
        dxc = dxc + 2 / n * self.xc * dvar
        dmean = np.sum(dxc, axis=0)
        return dxc - dmean / n


class Table:
    def __init__(self, seed=0, alpha=0.05):
        rng = np.random.default_rng(seed)
        self.alpha, self.drop = alpha, 0.25
        self.T = rng.normal(0, 0.8, (4, 2))
        self.A = rng.normal(0, 0.6, (5, 5))
        self.norm = Norm(5, rng)
        self.B, self.b = rng.normal(0, 0.6, (10, 3)), rng.normal(0, 0.3, 3)

    def forward(self, x, kind, seed=5):
        rng = np.random.default_rng(seed)
        self.row = np.hstack([x, self.T[kind]])
        self.z = self.norm.forward(self.row @ self.A)
        self.r = np.maximum(self.z, 0)
        self.mask = (rng.random(self.r.shape) >= self.drop) / (1 - self.drop)
        self.all = np.hstack([self.r * self.mask, self.row])
        self.scores = self.all @ self.B + self.b
        e = np.exp(self.scores - self.scores.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def loss(self, x, kind, t):
        p = self.forward(x, kind)
        data = -np.sum(t * np.log(p)) / len(x)
        return data + self.alpha * (np.sum(self.A**2) + np.sum(self.B**2))

    def backward(self, x, kind, t):
        p = self.forward(x, kind)
        n = len(x)
        d = (p - t) / n
        self.dB = self.all.T @ d + 2 * self.alpha * self.B
        self.db = np.sum(d, axis=0)
        dr, drow = np.split(d @ self.B.T, [5], axis=1)
        dr = dr * self.mask
        dz = dr * (self.z > 0)
        da = self.norm.backward(dz)
        self.dA = self.row.T @ da + 2 * self.alpha * self.A
        drow = drow + da @ self.A.T
        self.dT = np.zeros_like(self.T)
        np.add.at(self.dT, kind, drow[:, 3:])


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    x, kind = rng.normal(0, 1, (n, 3)), rng.integers(0, 4, n)
    return x, kind, np.eye(3)[np.digitize(x[:, 0] + (kind > 1), [0.0, 1.0])]
