"""A regression whose weights all start at zero, trained by an update that nothing hands out."""

import numpy as np

rng = np.random.default_rng(5)
heights = rng.uniform(-1, 1, (12, 3))
volume = (heights[:, :1] * heights[:, 1:2]) + 0.3


class Volume:
    def __init__(self):
        self.inner = np.zeros((3, 5))
        self.shift = np.zeros(5)
        self.outer = np.zeros((5, 1))
        self.base = np.zeros(1)

    def predict(self, x):
        self.hidden = np.tanh(x @ self.inner + self.shift)
        return self.hidden @ self.outer + self.base

    def cost(self, x, t):
        return np.mean((self.predict(x) - t) ** 2)

    def descend(self, x, t, rate):
        error = 2 * (self.predict(x) - t) / t.size
        back = error @ self.outer.T * (1 - self.hidden**2)
        self.outer = self.outer - rate * self.hidden.T @ error
        self.base = self.base - rate * error.sum(axis=0)
        self.inner = self.inner - rate * x.T @ back
        self.shift = self.shift - rate * back.sum(axis=0)


if __name__ == "__main__":
    model = Volume()
    for _ in range(300):
        model.descend(heights, volume, 0.1)
    model.cost(heights, volume)
