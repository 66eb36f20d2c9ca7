"""Samples are columns: two sigmoid layers and a sigmoid output, cross-entropy; Adam with its state in the class."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def halves(m, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (m, 3))
    t = (x[:, 0] + 0.5 * x[:, 1] ** 2 > 0.2).astype(float).reshape(1, m)
    return 200.0 + 80.0 * x.T, t


def scaled(x, mean, dev):
    return (x - mean) / dev


def make_set(m, seed=0):
    x, t = halves(m, seed)
    return scaled(x, x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)), t


class Columns:
    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.W1 = rng.normal(0, 0.9, (5, 3))
        self.b1 = rng.normal(0, 0.1, (5, 1))
        self.W2 = rng.normal(0, 0.9, (5, 5))
        self.b2 = rng.normal(0, 0.1, (5, 1))
        self.W3 = rng.normal(0, 0.9, (1, 5))
        self.b3 = rng.normal(0, 0.1, (1, 1))
        self.names = ["W1", "b1", "W2", "b2", "W3", "b3"]
        self.t = 0
        self.first = {name: np.zeros_like(getattr(self, name)) for name in self.names}
        self.second = {name: np.zeros_like(getattr(self, name)) for name in self.names}

    def feed(self, x):
        self.a1 = sigmoid(np.dot(self.W1, x) + self.b1)
        self.a2 = sigmoid(np.dot(self.W2, self.a1) + self.b2)
        self.a3 = sigmoid(np.dot(self.W3, self.a2) + self.b3)
        return self.a3

    def cost(self, x, t):
        out = self.feed(x)
        return -np.mean(t * np.log(out) + (1 - t) * np.log(1 - out))

    def back(self, x, t):
        self.feed(x)
        m = x.shape[1]
        d3 = self.a3 - t
        d2 = np.dot(self.W3.T, d3) * self.a2 * (1 - self.a2)
        d1 = np.dot(self.W2.T, d2) * self.a1 * (1 - self.a1)
        slopes = {}
        slopes["W3"] = np.dot(d3, self.a2.T) / m
        slopes["b3"] = np.sum(d3, axis=1, keepdims=True) / m
        slopes["W2"] = np.dot(d2, self.a1.T) / m
        slopes["b2"] = np.sum(d2, axis=1, keepdims=True) / m
        slopes["W1"] = np.dot(d1, x.T) / m
        slopes["b1"] = np.sum(d1, axis=1, keepdims=True) / m
        return slopes

    def adam(self, slopes, eta, beta1=0.9, beta2=0.99, eps=1e-8):
        self.t += 1
        for name in self.names:
            g = slopes[name]
            self.first[name] = beta1 * self.first[name] + (1 - beta1) * g
            self.second[name] = beta2 * self.second[name] + (1 - beta2) * g**2
            mean = self.first[name] / (1 - beta1**self.t)
            square = self.second[name] / (1 - beta2**self.t)
            setattr(self, name, getattr(self, name) - eta * mean / (np.sqrt(square) + eps))

    def learn(self, x, t, steps=100, eta=0.05):
        costs = []
        for step in range(steps):
            eta_now = eta / (1 + 0.01 * step)
            self.adam(self.back(x, t), eta_now)
            costs.append((self.cost(x, t), eta_now))
        return costs

    def decide(self, x):
        return (self.feed(x) > 0.5).astype(int)

    def hit_rate(self, x, t):
        return np.mean(self.decide(x).ravel() == t.ravel())


def run(m=60, seed=0):
    x, t = halves(m, seed)
    shuffled = np.random.default_rng(seed).permutation(m)
    fit, held = shuffled[: m // 2], shuffled[m // 2 :]
    mean, dev = x[:, fit].mean(axis=1, keepdims=True), x[:, fit].std(axis=1, keepdims=True)
    net = Columns(seed)
    net.learn(scaled(x[:, fit], mean, dev), t[:, fit])
    return net.cost(scaled(x[:, held], mean, dev), t[:, held])


if __name__ == "__main__":
    print(run())
