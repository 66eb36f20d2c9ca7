"""An autoencoder whose decoder is its encoder transposed: columns, layer norm, dropout, sigmoid, penalised weights."""

import numpy as np

LAMBDA = 0.2


def sigma(z):
    return 1 / (1 + np.exp(-z))


class Autoencoder:
    def __init__(self, n_in=4, n_hid=6, seed=0):
        rng = np.random.default_rng(seed)
        self.W, self.c = rng.normal(0, 0.6, (n_hid, n_in)), rng.normal(0, 0.3, (n_in, 1))
        self.V, self.b = rng.normal(0, 0.6, (n_hid, n_hid)), rng.normal(0, 0.3, (n_hid, 1))
        self.gain, self.bias = rng.normal(1, 0.2, (n_hid, 1)), rng.normal(0, 0.3, (n_hid, 1))
        self.seed = seed

    def code(self, x):
        s = self.W @ x
        mu, var = np.mean(s, axis=0), np.var(s, axis=0)
        self.dev = np.sqrt(var + 1e-6)
        self.unit = (s - mu) / self.dev
        self.t = np.tanh(self.gain * self.unit + self.bias)
        self.drop = np.random.default_rng(self.seed).binomial(1, 0.8, self.t.shape) / 0.8
        self.h = self.drop * self.t
        self.u = sigma(self.V @ self.h + self.b)
        return self.u

    def decode(self, x):
        self.out = sigma(self.W.T @ self.code(x) + self.c)
        return self.out

    def cost(self, x):
        m = x.shape[1]
        penalty = np.sum(np.square(self.W)) + np.sum(np.square(self.V))
        return np.sum((self.decode(x) - x) ** 2) / (2 * m) + LAMBDA / (2 * m) * penalty

    def grads(self, x):
        self.decode(x)
        m = x.shape[1]
        d3 = (self.out - x) * self.out * (1 - self.out) / m
        dc = np.sum(d3, axis=1, keepdims=True)
        d2 = (self.W @ d3) * self.u * (1 - self.u)
        dV = d2 @ self.h.T + LAMBDA / m * self.V
        db = np.sum(d2, axis=1, keepdims=True)
        dt = (self.V.T @ d2) * self.drop
        dn = dt * (1 - self.t**2)
        dgain = np.sum(dn * self.unit, axis=1, keepdims=True)
        dbias = np.sum(dn, axis=1, keepdims=True)
        du = dn * self.gain
        d1 = (du - np.mean(du, axis=0) - self.unit * np.mean(du * self.unit, axis=0)) / self.dev
        dW = d1 @ x.T + LAMBDA / m * self.W
        dW += self.u @ d3.T
        return {"W": dW, "c": dc, "V": dV, "b": db, "gain": dgain, "bias": dbias}


def data(m, seed=0):
    rng = np.random.default_rng(seed)
    return 0.1 + 0.8 * rng.random((4, m))
