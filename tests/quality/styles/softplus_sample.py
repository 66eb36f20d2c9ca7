"""One sample at a time, flat vectors, softplus, a linear output, squared error; it only updates."""

import numpy as np


class Learner:
    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.U = rng.normal(0, 0.6, (4, 3))
        self.c = rng.normal(0, 0.3, 4)
        self.V = rng.normal(0, 0.6, (4, 4))
        self.d = rng.normal(0, 0.3, 4)
        self.w = rng.normal(0, 0.6, (2, 4))
        self.e = rng.normal(0, 0.3, 2)

    def activate(self, x):
        z1 = self.U.dot(x) + self.c
        h1 = np.log1p(np.exp(z1))
        z2 = self.V.dot(h1) + self.d
        h2 = np.log1p(np.exp(z2))
        return z1, h1, z2, h2, self.w.dot(h2) + self.e

    def loss(self, x, t):
        return np.sum((self.activate(x)[-1] - t) ** 2)

    def learn(self, x, t, rate):
        z1, h1, z2, h2, y = self.activate(x)
        err = 2 * (y - t)
        dw = np.outer(err, h2)
        de = err
        g2 = self.w.T.dot(err) * (1 / (1 + np.exp(-z2)))
        dV = np.outer(g2, h1)
        dd = g2
        g1 = self.V.T.dot(g2) * (1 / (1 + np.exp(-z1)))
        dU = np.outer(g1, x)
        dc = g1
        self.w -= rate * dw
        self.e -= rate * de
        self.V -= rate * dV
        self.d -= rate * dd
        self.U -= rate * dU
        self.c -= rate * dc


def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1, 3), rng.normal(0, 1, 2)
