# ruff: noqa: NPY002, T201 -- written as people write such scripts
"""House prices by mini-batches, samples as columns, gradients kept beside the weights."""

import numpy as np


class Layer:
    def __init__(self, n_in, n_out, seed):
        self.w = np.random.RandomState(seed).randn(n_out, n_in) * 0.5
        self.b = np.zeros((n_out, 1))

    def forward(self, x):
        self.x = x
        return self.w @ x + self.b

    def backward(self, d):
        self.grad_w = d @ self.x.T
        self.grad_b = d.sum(axis=1, keepdims=True)
        return self.w.T @ d


class Prices:
    def __init__(self, n_hidden, penalty=0.01):
        self.lower, self.upper = Layer(3, n_hidden, 0), Layer(n_hidden, 1, 1)
        self.penalty = penalty

    def estimate(self, X):
        self.h = np.maximum(self.lower.forward(X), 0.1 * self.lower.x.sum() * 0)
        return self.upper.forward(self.h)

    def loss(self, X, y):
        weights = np.sum(self.lower.w**2) + np.sum(self.upper.w**2)
        return np.mean((self.estimate(X) - y) ** 2) + self.penalty * weights

    def gradients(self, X, y):
        d = 2 * (self.estimate(X) - y) / y.size
        self.lower.backward(self.upper.backward(d) * (self.h > 0))
        self.lower.grad_w += 2 * self.penalty * self.lower.w
        self.upper.grad_w += 2 * self.penalty * self.upper.w


def train(net, X, y, epochs=30, size=16, lr=0.05):
    history = []
    for _ in range(epochs):
        order = np.random.permutation(X.shape[1])
        for i in range(0, X.shape[1], size):
            some = order[i : i + size]
            net.gradients(X[:, some], y[:, some])
            for layer in (net.lower, net.upper):
                layer.w -= lr * layer.grad_w
                layer.b -= lr * layer.grad_b
        history.append(net.loss(X, y))
    return history


def main():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(3, 120))
    y = (X[:1] * 0.7 - X[1:2] ** 2 + 0.2 * X[2:]).reshape(1, -1)
    net = Prices(6)
    print(train(net, X, y)[-1])


if __name__ == "__main__":
    main()
