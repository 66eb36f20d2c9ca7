"""A class: ReLU, softmax over one-hot rows; momentum, a falling rate, clipping by the norm, the best weights deeply copied."""

import copy

import numpy as np


def clipped(grads, limit):
    """The whole gradient shortened to `limit`."""
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    factor = min(1.0, limit / (norm + 1e-12))
    return {name: g * factor for name, g in grads.items()}


class RingNet:
    def __init__(self, hidden=10, seed=0):
        rng = np.random.default_rng(seed)
        self.params = {}
        self.params["A"] = rng.normal(0, 0.8, (2, hidden))
        self.params["a"] = np.full(hidden, 0.1)
        self.params["B"] = rng.normal(0, 0.4, (hidden, 3))
        self.params["b"] = np.zeros(3)
        self.speed = {name: np.zeros_like(w) for name, w in self.params.items()}

    def forward(self, X):
        self.z = X @ self.params["A"] + self.params["a"]
        self.h = np.maximum(self.z, 0)
        self.logits = self.h @ self.params["B"] + self.params["b"]
        shifted = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        return shifted / shifted.sum(axis=1, keepdims=True)

    def loss(self, X, T):
        probs = self.forward(X)
        return -np.sum(T * np.log(probs + 1e-12)) / len(X)

    def gradients(self, X, T):
        probs = self.forward(X)
        delta = (probs - T) / len(X)
        back = (delta @ self.params["B"].T) * (self.z > 0)
        grads = {}
        grads["A"] = X.T @ back
        grads["a"] = back.sum(axis=0)
        grads["B"] = self.h.T @ delta
        grads["b"] = delta.sum(axis=0)
        return grads

    def step(self, grads, rate, mu=0.8):
        for name, w in self.params.items():
            self.speed[name] = mu * self.speed[name] + grads[name]
            w -= rate * self.speed[name]

    def train(self, X, T, epochs=30, rate=0.3, size=15):
        rng = np.random.default_rng(7)
        X, X_held, T, T_held = X[:-12], X[-12:], T[:-12], T[-12:]
        log, lowest = [], np.inf
        for epoch in range(epochs):
            current = rate * 0.97**epoch
            order = rng.permutation(len(X))
            for at in range(0, len(X), size):
                chosen = order[at : at + size]
                grads = self.gradients(X[chosen], T[chosen])
                size_of = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
                self.step(clipped(grads, 2.0), current)
                grads = {name: np.zeros_like(g) for name, g in grads.items()}
            cost = self.loss(X_held, T_held)
            log.append((cost, size_of, current))
            if cost < lowest:
                lowest = cost
                self.best = copy.deepcopy(self.params)
        return log

    def restore(self):
        self.params = self.best

    def predict(self, X):
        return self.forward(X).argmax(axis=1)

    def score(self, X, T):
        return np.mean(self.predict(X) == T.argmax(axis=1))

    def batch_score(self, X, T, size=8):
        starts = range(0, len(X), size)
        scores = [self.score(X[s : s + size], T[s : s + size]) for s in starts]
        return np.average(scores, weights=[len(X[s : s + size]) for s in starts])


def normalise(X, centre, spread):
    return (X - centre) / spread


def one_hot(labels, classes=3):
    return np.eye(classes)[labels]


def rings(n, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    radius = 60.0 * labels + 20.0 + rng.normal(0, 25.0, n)
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)]).T, labels


def dataset(n, seed=0):
    X, labels = rings(n, seed)
    return normalise(X, X.mean(axis=0), X.std(axis=0)), one_hot(labels)


def main(n=75, seed=0):
    X, labels = rings(n, seed)
    cut = 2 * n // 3
    train, test = slice(0, cut), slice(cut, n)
    centre, spread = X[train].mean(axis=0), X[train].std(axis=0)
    net = RingNet(seed=seed)
    net.train(normalise(X[train], centre, spread), one_hot(labels[train]))
    net.restore()
    X_test = normalise(X[test], centre, spread)
    return net.score(X_test, one_hot(labels[test])), net.loss(X_test, one_hot(labels[test]))


if __name__ == "__main__":
    print(main())
