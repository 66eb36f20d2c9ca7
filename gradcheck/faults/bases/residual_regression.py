"""Regression with a skip connection, squared error, inputs scaled by the training set, flat targets."""

import numpy as np


class Regressor:
    def __init__(self, n_in, n_hidden, seed=0):
        rng = np.random.default_rng(seed)
        self.W1 = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hidden))
        self.b1 = rng.normal(0, 0.1, n_hidden)
        self.W2 = rng.normal(0, 1 / np.sqrt(n_hidden), (n_hidden, n_hidden))
        self.b2 = rng.normal(0, 0.1, n_hidden)
        self.W3 = rng.normal(0, 1 / np.sqrt(n_hidden), (n_hidden, 1))
        self.b3 = rng.normal(0, 0.1, 1)

    def forward(self, X):
        self.h1 = np.tanh(X @ self.W1 + self.b1)
        self.t2 = np.tanh(self.h1 @ self.W2 + self.b2)
        self.h2 = self.h1 + self.t2
        return (self.h2 @ self.W3 + self.b3)[:, 0]

    def loss(self, X, y):
        prediction = self.forward(X)
        return 0.5 * np.mean((prediction - y) ** 2)

    def gradients(self, X, y):
        prediction = self.forward(X)
        delta3 = (prediction - y)[:, np.newaxis] / len(y)
        dW3 = self.h2.T @ delta3
        db3 = delta3.sum(axis=0)
        dh2 = delta3 @ self.W3.T
        delta2 = dh2 * (1 - self.t2**2)
        dW2 = self.h1.T @ delta2
        db2 = delta2.sum(axis=0)
        dh1 = dh2 + delta2 @ self.W2.T
        delta1 = dh1 * (1 - self.h1**2)
        dW1 = X.T @ delta1
        db1 = delta1.sum(axis=0)
        return [dW1, db1, dW2, db2, dW3, db3]

    def fit(self, X, y, epochs=300, lr=0.2):
        history = []
        for _ in range(epochs):
            dW1, db1, dW2, db2, dW3, db3 = self.gradients(X, y)
            self.W1 -= lr * dW1
            self.b1 -= lr * db1
            self.W2 -= lr * dW2
            self.b2 -= lr * db2
            self.W3 -= lr * dW3
            self.b3 -= lr * db3
            history.append(self.loss(X, y))
        return history


class Scaler:
    def __init__(self, X):
        self.mean, self.std = X.mean(axis=0), X.std(axis=0)

    def transform(self, X):
        return (X - self.mean) / self.std


def make_data(n, seed=0):
    """Flats: rooms, area in square metres, year of construction; what one costs, around 0."""
    rng = np.random.default_rng(seed)
    rooms = rng.integers(1, 7, n)
    area = rng.uniform(20, 35, n) * rooms
    year = rng.uniform(1900, 2020, n)
    price = np.tanh((area - 90) / 40) + 0.5 * np.sin((year - 1900) / 30) + rng.normal(0, 0.05, n)
    return np.column_stack([rooms, area, year]), price


def experiment(n=80, seed=0):
    """Errors on the training and on the test set, after training on the first."""
    X, y = make_data(n, seed)
    order = np.random.default_rng(seed).permutation(n)
    train, test = order[: n // 2], order[n // 2 :]
    scaler = Scaler(X[train])
    net = Regressor(3, 8, seed)
    net.fit(scaler.transform(X[train]), y[train])
    return net.loss(scaler.transform(X[train]), y[train]), net.loss(scaler.transform(X[test]), y[test])


if __name__ == "__main__":
    train_error, test_error = experiment()
    print(f"train -> {train_error:.4f}, test -> {test_error:.4f}")
