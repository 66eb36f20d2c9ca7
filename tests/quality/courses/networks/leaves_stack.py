"""A class of stacked layers: ReLU then tanh, softmax over integer labels; momentum, gradients zeroed, weights restored."""

import copy

import numpy as np


class Leaves:
    def __init__(self, sizes=(3, 7, 6, 4), decay=0.0004, seed=0):
        rng = np.random.default_rng(seed)
        self.decay = decay
        self.W = [
            rng.normal(0, np.sqrt(1.5 / rows), (rows, columns)) for rows, columns in zip(sizes, sizes[1:])
        ]
        self.b = [np.full(sizes[1], 0.05), np.zeros(sizes[2]), np.zeros(sizes[3])]
        self.gW = [np.zeros_like(w) for w in self.W]
        self.gb = [np.zeros_like(b) for b in self.b]
        self.speed = [np.zeros_like(p) for p in self.W + self.b]

    def __call__(self, X):
        self.z1 = X @ self.W[0] + self.b[0]
        self.h1 = np.where(self.z1 > 0, self.z1, 0.0)
        self.h2 = np.tanh(self.h1 @ self.W[1] + self.b[1])
        logits = self.h2 @ self.W[2] + self.b[2]
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def surprise(self, X, y):
        return np.mean(-np.log(self(X)[np.arange(len(X)), y] + 1e-12))

    def loss(self, X, y):
        return self.surprise(X, y) + 0.5 * self.decay * sum(np.sum(w * w) for w in self.W)

    def zero(self):
        for g in self.gW + self.gb:
            g *= 0.0

    def backward(self, X, y):
        d = self(X)
        d[np.arange(len(y)), y] -= 1
        d = d / len(y)
        self.gW[2] += self.h2.T @ d
        self.gb[2] += d.sum(axis=0)
        d = d @ self.W[2].T * (1 - self.h2**2)
        self.gW[1] += self.h1.T @ d
        self.gb[1] += d.sum(axis=0)
        d = d @ self.W[1].T * (self.z1 > 0)
        self.gW[0] += X.T @ d
        self.gb[0] += d.sum(axis=0)
        for g, w in zip(self.gW, self.W):
            g += self.decay * w

    def step(self, rate, mu=0.6):
        for p, g, v in zip(self.W + self.b, self.gW + self.gb, self.speed):
            v *= mu
            v += g
            p -= rate * v

    def learn(self, X, y, epochs=40, rate=0.12, size=10, seed=0):
        rng = np.random.default_rng(seed)
        X, X_dev, y, y_dev = X[:-20], X[-20:], y[:-20], y[-20:]
        log, least = [], np.inf
        for _ in range(epochs):
            shuffle = rng.permutation(len(X))
            for start in range(0, len(X), size):
                some = shuffle[start : start + size]
                self.backward(X[some], y[some])
                length = np.sqrt(sum(np.sum(g * g) for g in self.gW + self.gb))
                self.step(rate)
                self.zero()
            held = self.surprise(X_dev, y_dev)
            log.append({"held": held, "length": length})
            if held < least:
                least = held
                self.kept = copy.deepcopy((self.W, self.b))
        self.W, self.b = self.kept
        return log

    def classify(self, X):
        return np.argmax(self(X), axis=1)

    def share(self, X, y):
        return float(np.mean(self.classify(X) == y))

    def share_in_parts(self, X, y, size=11):
        parts = [slice(k, k + size) for k in range(0, len(X), size)]
        return sum(self.share(X[part], y[part]) * len(X[part]) for part in parts) / len(X)

    def compare(self, X, y, X_new, y_new):
        return {"seen": self.surprise(X, y), "new": self.surprise(X_new, y_new)}


def measure(n, seed=0):
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    middle = np.array([[3.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 0.5, 3.0], [3.0, 3.0, 3.0]])
    return 15.0 * (middle[kind] + rng.normal(0, 0.8, (n, 3))) + 40.0, kind


class Standard:
    def fit(self, X):
        self.centre = X.mean(axis=0)
        self.width = X.std(axis=0)
        return self

    def __call__(self, X):
        return (X - self.centre) / self.width


def prepared(n, seed=0):
    X, kind = measure(n, seed)
    return Standard().fit(X)(X), kind


def season(n=100, seed=0):
    X, kind = measure(n, seed)
    where = np.random.default_rng(seed).permutation(n)
    known, unknown = where[: 7 * n // 10], where[7 * n // 10 :]
    standard = Standard().fit(X[known])
    net = Leaves(seed=seed)
    net.learn(standard(X[known]), kind[known])
    return net.share(standard(X[unknown]), kind[unknown]), net.surprise(standard(X[unknown]), kind[unknown])


if __name__ == "__main__":
    print(season())
