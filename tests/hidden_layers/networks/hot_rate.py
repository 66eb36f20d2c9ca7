"""How far a ball flies: attributes of one object, one relu layer, half the mean square error, plain descent."""

import numpy as np


class Flight:
    rate = 1.2

    def __init__(self, hidden=10):
        rng = np.random.RandomState(3)
        self.V = rng.randn(2, hidden) * np.sqrt(2 / 2)
        self.c = np.zeros(hidden)
        self.U = rng.randn(hidden, 1) * np.sqrt(2 / hidden)
        self.d = np.zeros(1)

    def predict(self, X):
        self.Z = X.dot(self.V) + self.c
        self.H = np.where(self.Z > 0, self.Z, 0.0)
        return self.H.dot(self.U) + self.d

    def error(self, X, Y):
        return 0.5 * np.mean((self.predict(X) - Y) ** 2)

    def slopes(self, X, Y):
        out = (self.predict(X) - Y) / len(X)
        back = out.dot(self.U.T) * (self.Z > 0)
        return X.T.dot(back), back.sum(axis=0), self.H.T.dot(out), out.sum(axis=0)

    def step(self, X, Y):
        dV, dc, dU, dd = self.slopes(X, Y)
        self.V -= self.rate * dV
        self.c -= self.rate * dc
        self.U -= self.rate * dU
        self.d -= self.rate * dd

    def fit(self, X, Y, steps=400):
        for _ in range(steps):
            self.step(X, Y)


def throws(count):
    """Speed and angle, each at mean 0 and deviation 1, and the distance in the same manner."""
    rng = np.random.RandomState(0)
    X = rng.randn(count, 2)
    Y = 0.6 * X[:, :1] + 0.5 * np.sin(2 * X[:, 1:]) + 0.2 * X[:, :1] * X[:, 1:]
    return X, Y
