"""Adam with decoupled decay of the weights (AdamW), its means kept as attributes."""

import numpy as np


class Softmax:
    def __init__(self, n_in, n_out, seed=0):
        rng = np.random.default_rng(seed)
        self.W = rng.normal(0, 0.3, (n_in, n_out))
        self.b = np.zeros(n_out) + 0.01
        self.mW, self.vW = np.zeros_like(self.W), np.zeros_like(self.W)
        self.mb, self.vb = np.zeros_like(self.b), np.zeros_like(self.b)
        self.t = 0

    def proba(self, X):
        e = np.exp(X @ self.W + self.b)
        return e / e.sum(axis=1, keepdims=True)

    def loss(self, X, y):
        return -np.log(self.proba(X)[np.arange(len(y)), y]).mean()

    def train_step(self, X, y, lr=0.01):
        d = self.proba(X)
        d[np.arange(len(y)), y] -= 1
        d /= len(y)
        self.t += 1
        self.mW = 0.9 * self.mW + 0.1 * (X.T @ d)
        self.vW = 0.999 * self.vW + 0.001 * (X.T @ d) ** 2
        self.mb = 0.9 * self.mb + 0.1 * d.sum(0)
        self.vb = 0.999 * self.vb + 0.001 * d.sum(0) ** 2
        fix1, fix2 = 1 - 0.9**self.t, 1 - 0.999**self.t
        self.W -= lr * 0.1 * self.W
        self.W -= lr * (self.mW / fix1) / (np.sqrt(self.vW / fix2) + 1e-8)
        self.b -= lr * (self.mb / fix1) / (np.sqrt(self.vb / fix2) + 1e-8)


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    X = rng.normal(size=(12, 4))
    y = np.arange(12) % 3
    net = Softmax(4, 3)
    for _ in range(100):
        net.train_step(X, y)
    net.loss(X, y)
