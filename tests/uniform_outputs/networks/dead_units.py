"""Is a point inside the square? Layer objects with forward and backward, relu, one sigmoid output, labels a column."""

import numpy as np


class Affine:
    def __init__(self, n, m, rng, bias=0.0):
        self.W = rng.normal(0, np.sqrt(2 / n), (n, m))
        self.b = np.full(m, bias)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, d):
        self.dW = self.x.T @ d
        self.db = d.sum(axis=0)
        return d @ self.W.T

    def move(self, rate):
        self.W -= rate * self.dW
        self.b -= rate * self.db


class Square:
    def __init__(self, seed=1):
        rng = np.random.default_rng(seed)
        self.first = Affine(2, 16, rng, bias=-8.0)
        self.last = Affine(16, 1, rng)

    def logits(self, x):
        self.z = self.first.forward(x)
        return self.last.forward(np.maximum(self.z, 0))

    def probability(self, x):
        return 1 / (1 + np.exp(-self.logits(x)))

    def loss(self, x, t):
        z = self.logits(x)
        return np.mean(np.logaddexp(0, z) - t * z)

    def backward(self, x, t):
        d = (self.probability(x) - t) / len(x)
        self.first.backward(self.last.backward(d) * (self.z > 0))

    def train(self, x, t, steps=800, rate=0.5):
        for _ in range(steps):
            self.backward(x, t)
            self.first.move(rate)
            self.last.move(rate)


def points(count, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (count, 2))
    return x, (np.abs(x).max(axis=1, keepdims=True) < 0.7).astype(float)
