# ruff: noqa: T201, ANN, D, NPY002 -- written as people write such scripts
"""A classifier that prints its accuracy and never computes a loss."""

import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Classifier:
    def __init__(self, n_in, n_hidden, n_out):
        rng = np.random.RandomState(0)
        self.W1, self.b1 = rng.randn(n_in, n_hidden) * 0.5, np.zeros(n_hidden)
        self.W2, self.b2 = rng.randn(n_hidden, n_out) * 0.5, np.zeros(n_out)

    def forward(self, X):
        self.h = np.tanh(X @ self.W1 + self.b1)
        return softmax(self.h @ self.W2 + self.b2)

    def step(self, X, T, lr):
        d = (self.forward(X) - T) / len(X)
        dh = d @ self.W2.T * (1 - self.h**2)
        self.W2 -= lr * self.h.T @ d
        self.b2 -= lr * d.sum(0)
        self.W1 -= lr * X.T @ dh
        self.b1 -= lr * dh.sum(0)


def accuracy(net, X, T):
    return np.mean(net.forward(X).argmax(1) == T.argmax(1))


if __name__ == "__main__":
    rng = np.random.RandomState(1)
    X = rng.randn(60, 4)
    T = np.eye(3)[(X[:, 0] > 0) * 1 + (X[:, 1] > 0)]
    net = Classifier(4, 6, 3)
    for epoch in range(100):
        net.step(X, T, 0.5)
        if epoch % 10 == 0:
            print(accuracy(net, X, T))
