"""The same parts with samples as columns: layers with attributes, sigmoid, softmax over one-hot columns."""

import numpy as np


class Normal:
    def __init__(self, rng, units):
        self.scale, self.shift = rng.normal(1, 0.2, (units, 1)), rng.normal(0, 0.2, (units, 1))

    def ahead(self, z):
        centre = z - np.mean(z, axis=1, keepdims=True)
        self.sigma = np.sqrt(np.mean(centre**2, axis=1, keepdims=True) + 1e-5)
        self.norm = centre / self.sigma
        return self.scale * self.norm + self.shift

    def back(self, dy):
        self.g_scale = np.sum(dy * self.norm, axis=1, keepdims=True)
        self.g_shift = np.sum(dy, axis=1, keepdims=True)
        dn = self.scale * dy
        m = dy.shape[1]
        inner = (
            m * dn
            - np.sum(dn, axis=1, keepdims=True)
            - self.norm * np.sum(dn * self.norm, axis=1, keepdims=True)
        )
        return inner / (m * self.sigma)


class Net:
    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.A = rng.normal(0, 0.6, (6, 4))
        self.normal = Normal(rng, 6)
        self.B, self.b = rng.normal(0, 0.5, (6, 6)), rng.normal(0, 0.2, (6, 1))
        self.C, self.c = rng.normal(0, 0.6, (3, 3)), rng.normal(0, 0.2, (3, 1))

    def run(self, x, seed=1):
        rng = np.random.default_rng(seed)
        self.s1 = 1 / (1 + np.exp(-self.normal.ahead(self.A @ x)))
        self.kept = (rng.random(self.s1.shape) < 0.8) / 0.8
        self.h1 = self.s1 * self.kept
        self.t2 = np.tanh(self.B @ self.h1 + self.b)
        self.h2 = self.t2 + self.h1
        self.pool = np.maximum(self.h2[0::2], self.h2[1::2])
        z3 = self.C @ self.pool + self.c
        e = np.exp(z3 - z3.max(axis=0, keepdims=True))
        return z3, e / e.sum(axis=0, keepdims=True)

    def cost(self, x, t):
        return -np.sum(t * np.log(self.run(x)[1])) / x.shape[1]

    def slopes(self, x, t):
        _, p = self.run(x)
        d3 = (p - t) / x.shape[1]
        self.g_C = d3 @ self.pool.T
        self.g_c = np.sum(d3, axis=1, keepdims=True)
        up = self.C.T @ d3
        dh2 = np.zeros_like(self.h2)
        dh2[0::2] = up * (self.h2[0::2] >= self.h2[1::2])
        dh2[1::2] = up * (self.h2[0::2] < self.h2[1::2])
        d2 = dh2 * (1 - self.t2**2)
        self.g_B = d2 @ self.h1.T
        self.g_b = np.sum(d2, axis=1, keepdims=True)
        dh1 = self.B.T @ d2 + dh2
        ds1 = dh1 * self.kept
        dy1 = ds1 * self.s1 * (1 - self.s1)
        d1 = self.normal.back(dy1)
        self.g_A = d1 @ x.T


def data(n, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (4, n))
    return x, np.eye(3)[np.digitize(x[0] + x[1] ** 2, [0.0, 1.5])].T
