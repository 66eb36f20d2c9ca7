"""Is a point inside the ring? Lists of weights, sigmoid layers, squared error, the whole batch as columns."""

from itertools import pairwise

import numpy as np


def sigma(z):
    return 0.5 * (1 + np.tanh(z / 2))


class Ring:
    def __init__(self, sizes=(2, 8, 1), spread=40.0, seed=0):
        draw = np.random.default_rng(seed)
        self.w = [spread * draw.standard_normal((m, n)) for n, m in pairwise(sizes)]
        self.b = [np.zeros((m, 1)) for m in sizes[1:]]

    def activations(self, x):
        values = [x]
        for w, b in zip(self.w, self.b, strict=True):
            values.append(sigma(w @ values[-1] + b))
        return values

    def cost(self, x, t):
        return 0.5 * np.mean(np.sum((self.activations(x)[-1] - t) ** 2, axis=0))

    def backprop(self, x, t):
        values = self.activations(x)
        delta = (values[-1] - t) * values[-1] * (1 - values[-1]) / x.shape[1]
        w_slopes, b_slopes = [], []
        for layer in reversed(range(len(self.w))):
            w_slopes.insert(0, delta @ values[layer].T)
            b_slopes.insert(0, delta.sum(axis=1, keepdims=True))
            if layer > 0:
                delta = self.w[layer].T @ delta * values[layer] * (1 - values[layer])
        return w_slopes, b_slopes

    def learn(self, x, t, steps=800, eta=8.0):
        for _ in range(steps):
            w_slopes, b_slopes = self.backprop(x, t)
            self.w = [w - eta * s for w, s in zip(self.w, w_slopes, strict=True)]
            self.b = [b - eta * s for b, s in zip(self.b, b_slopes, strict=True)]


def points(count, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.5, 1.5, (2, count))
    return x, (np.sum(x**2, axis=0, keepdims=True) < 1).astype(float)
