"""A class with Nesterov's momentum inside its only method that trains; no gradient is kept."""

import numpy as np

rng = np.random.default_rng(8)
signal = rng.normal(size=(9, 3))
wanted = (signal[:, :1] > 0).astype(float)


class Gate:
    def __init__(self, mu=0.8, rate=0.2):
        self.w = rng.normal(0, 0.5, (3, 1))
        self.c = np.full((1, 1), 0.2)
        self.past = [0.0 * self.w, 0.0 * self.c]
        self.mu, self.rate = mu, rate

    def prob(self, x):
        return 1 / (1 + np.exp(-(x @ self.w + self.c)))

    def loss(self, x, t):
        p = self.prob(x)
        return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))

    def fit(self, x, t, epochs):
        for _ in range(epochs):
            slopes = [x.T @ (self.prob(x) - t) / len(x), np.mean(self.prob(x) - t, keepdims=True)]
            for i, (weights, slope) in enumerate(zip((self.w, self.c), slopes)):
                self.past[i] *= self.mu
                self.past[i] += slope
                weights -= self.rate * (slope + self.mu * self.past[i])


if __name__ == "__main__":
    gate = Gate()
    gate.fit(signal, wanted, 150)
    gate.loss(signal, wanted)
