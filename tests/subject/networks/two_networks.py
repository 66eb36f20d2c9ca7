import numpy as np


class Line:
    def __init__(self, n):
        self.w = np.full((n, 1), 0.3)

    def cost(self, X, y):
        return np.mean((X @ self.w - y) ** 2)

    def fit(self, X, y, lr=0.1, epochs=20):
        for _ in range(epochs):
            self.w -= lr * 2 * X.T @ (X @ self.w - y) / len(X)


class Switch:
    def __init__(self, n):
        self.v = np.full((n, 1), 0.2)

    def cost(self, X, y):
        p = 1 / (1 + np.exp(-X @ self.v))
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def fit(self, X, y, lr=0.1, epochs=20):
        for _ in range(epochs):
            p = 1 / (1 + np.exp(-X @ self.v))
            self.v -= lr * X.T @ (p - y) / len(X)


class Quiet:
    def __init__(self, n_in=3):
        self.u = np.full((n_in, 1), 0.1)

    def cost(self, X, y):
        return np.mean((np.tanh(X @ self.u) - y) ** 2)

    def fit(self, X, y, lr=0.1, epochs=20):
        for _ in range(epochs):
            h = np.tanh(X @ self.u)
            self.u -= lr * 2 * X.T @ ((h - y) * (1 - h**2)) / h.size


def both(X, y):
    line, switch = Line(3), Switch(3)
    line.fit(X, y)
    switch.fit(X, y)
    return line, switch


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 3))
    y = (X[:, :1] > 0).astype(float)
    line = Line(3)
    line.fit(X, y)
    switch = Switch(3)
    switch.fit(X, y)
    print(line.cost(X, y), switch.cost(X, y))
