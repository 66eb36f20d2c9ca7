"""Three kinds of wave: a class with a list of layers, tanh units, softmax; samples are columns, labels one-hot."""

from itertools import pairwise

import numpy as np


class Waves:
    def __init__(self, *sizes):
        self.layers = [[np.zeros((m, n)), np.zeros((m, 1))] for n, m in pairwise(sizes)]

    def run(self, x):
        self.a = [x]
        for w, b in self.layers[:-1]:
            self.a.append(np.tanh(w @ self.a[-1] + b))
        w, b = self.layers[-1]
        z = w @ self.a[-1] + b
        e = np.exp(z - z.max(axis=0))
        return e / e.sum(axis=0)

    def cost(self, x, t):
        return -np.sum(t * np.log(self.run(x))) / x.shape[1]

    def slopes(self, x, t):
        delta = (self.run(x) - t) / x.shape[1]
        found = []
        for (w, _), below in zip(reversed(self.layers), reversed(self.a), strict=True):
            found.insert(0, [delta @ below.T, delta.sum(axis=1, keepdims=True)])
            delta = w.T @ delta * (1 - below**2)
        return found

    def learn(self, x, t, rounds=1500, rate=0.5):
        for _ in range(rounds):
            for layer, change in zip(self.layers, self.slopes(x, t), strict=True):
                layer[0] -= rate * change[0]
                layer[1] -= rate * change[1]


def waves(count, seed=0):
    """Sine, square and noise, as many of each, eight samples long."""
    rng = np.random.default_rng(seed)
    kinds = np.arange(count) % 3
    phase = rng.uniform(0, 2 * np.pi, count)
    sine = np.sin(np.linspace(0, 6, 8)[:, None] + phase)
    x = np.where(kinds == 0, sine, np.where(kinds == 1, np.sign(sine), rng.uniform(-1, 1, (8, count))))
    return x, np.eye(3)[kinds].T
