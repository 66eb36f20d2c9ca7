"""Bicycles hired in an hour, from temperature, wind and hour of day; one tanh layer, mini-batches."""

import numpy as np


def hires(n=240, seed=3):
    rng = np.random.default_rng(seed)
    temperature = rng.uniform(-5, 30, n)
    wind = rng.gamma(2, 2, n)
    hour = rng.integers(0, 24, n)
    busy = 1.5 + np.cos((hour - 17) / 24 * 2 * np.pi)
    rate = busy * (0.4 + 0.03 * temperature) - 0.05 * wind + rng.normal(scale=0.1, size=n)
    X = np.column_stack(
        [temperature / 30, wind / 10, np.cos(hour / 24 * 2 * np.pi), np.sin(hour / 24 * 2 * np.pi)]
    )
    return X, rate[:, None]


class Regressor:
    def __init__(self, n_in, n_hidden, lr=0.2, seed=0):
        rng = np.random.default_rng(seed)
        self.lr = lr
        self.V = rng.normal(size=(n_hidden, n_in)) / np.sqrt(n_in)
        self.c = np.zeros((n_hidden, 1))
        self.U = rng.normal(size=(1, n_hidden)) / np.sqrt(n_hidden)
        self.d = np.zeros((1, 1))

    def forward(self, X):
        self.H = np.tanh(self.V @ X.T + self.c)
        return (self.U @ self.H + self.d).T

    def mse(self, X, t):
        return np.mean((self.forward(X) - t) ** 2)

    def step(self, X, t):
        n = len(t)
        error = self.forward(X) - t
        delta_out = 2 * error.T
        delta_hid = self.U.T @ delta_out * (1 - self.H**2)
        self.U -= self.lr * delta_out @ self.H.T
        self.d -= self.lr * delta_out.sum(axis=1, keepdims=True) / n
        self.V -= self.lr * delta_hid @ X / n
        self.c -= self.lr * delta_hid.sum(axis=1, keepdims=True) / n

    def fit(self, X, t, epochs=20, batch=24):
        for _ in range(epochs):
            for start in range(0, len(t), batch):
                self.step(X[start : start + batch], t[start : start + batch])


if __name__ == "__main__":
    X, t = hires()
    net = Regressor(4, 6)
    print("mse before", net.mse(X, t))
    net.fit(X, t)
    print("mse after", net.mse(X, t))
