"""One class, everything inline and `is_training` handed down: list of weights, ReLU, two norms, dropout, one-hot softmax; Adam."""

import numpy as np


def one_hot(labels, k):
    hot = np.zeros((labels.size, k))
    hot[np.arange(labels.size), labels] = 1.0
    return hot


class SealNet:
    def __init__(self, sizes=(4, 8, 8, 3), keep_prob=0.9, decay=0.001, seed=0):
        gen = np.random.default_rng(seed)
        self.keep_prob, self.decay, self.depth = keep_prob, decay, len(sizes) - 1
        self.W, self.B, self.G = [], [], []
        for n_in, n_out in zip(sizes, sizes[1:]):
            self.W.append(gen.normal(0.0, np.sqrt(2.0 / n_in), (n_in, n_out)))
            self.B.append(gen.normal(0.0, 0.1, n_out))
            self.G.append(np.full(n_out, 1.1))
        self.moving_mu = [np.zeros(n) for n in sizes[1:]]
        self.moving_sq = [np.ones(n) for n in sizes[1:]]

    def forward(self, X, is_training):
        A = X
        self.tape = []
        for layer in range(self.depth - 1):
            Z = A @ self.W[layer]
            mu, sq = self._statistics(Z, layer, is_training)
            inv = (sq + 1e-5) ** -0.5
            hat = (Z - mu) * inv
            N = self.G[layer] * hat + self.B[layer]
            H = N * (N > 0)
            if is_training:
                noise = np.random.default_rng(40 + layer).uniform(size=H.shape)
                mask = (noise < self.keep_prob) / self.keep_prob
                H = H * mask
            else:
                mask = 1.0
            self.tape.append((A, inv, hat, N, mask))
            A = H
        logits = A @ self.W[-1] * self.G[-1] + self.B[-1]
        self.last = A
        E = np.exp(logits - logits.max(axis=1)[:, None])
        return E / E.sum(axis=1)[:, None]

    def _statistics(self, Z, layer, is_training):
        if not is_training:
            return self.moving_mu[layer], self.moving_sq[layer]
        mu, sq = Z.mean(axis=0), Z.var(axis=0)
        self.moving_mu[layer] = 0.8 * self.moving_mu[layer] + 0.2 * mu
        self.moving_sq[layer] = 0.8 * self.moving_sq[layer] + 0.2 * sq
        return mu, sq

    def weights(self):
        return self.W + self.B + self.G

    def cross_entropy(self, X, T, is_training=False):
        return -np.sum(T * np.log(self.forward(X, is_training) + 1e-12)) / len(T)

    def cost(self, X, T):
        return self.cross_entropy(X, T, True) + self.decay * sum((w**2).sum() for w in self.W + self.B)

    def gradients(self, X, T):
        delta = (self.forward(X, True) - T) / len(T)
        gW, gB, gG = [], [], []
        gW.append(self.last.T @ (delta * self.G[-1]))
        gB.append(delta.sum(axis=0))
        gG.append((delta * (self.last @ self.W[-1])).sum(axis=0))
        delta = (delta * self.G[-1]) @ self.W[-1].T
        for layer in reversed(range(self.depth - 1)):
            A, inv, hat, N, mask = self.tape[layer]
            delta = delta * mask * (N > 0)
            gB.append(delta.sum(axis=0))
            gG.append((delta * hat).sum(axis=0))
            delta = delta * self.G[layer]
            delta = inv * (delta - delta.mean(axis=0) - hat * (delta * hat).mean(axis=0))
            gW.append(A.T @ delta)
            delta = delta @ self.W[layer].T
        gW, gB = gW[::-1], gB[::-1]
        for layer in range(self.depth):
            gW[layer] += 2 * self.decay * self.W[layer]
            gB[layer] += 2 * self.decay * self.B[layer]
        return gW + gB + gG[::-1]

    def fit(self, X, T, epochs=25, lr=0.03, batch=24):
        first = [np.zeros_like(w) for w in self.weights()]
        second = [np.zeros_like(w) for w in self.weights()]
        gen, t, log = np.random.default_rng(9), 0, []
        for _ in range(epochs):
            rows = gen.permutation(len(X))
            for start in range(0, len(X), batch):
                pick = rows[start : start + batch]
                t += 1
                for w, g, m, v in zip(self.weights(), self.gradients(X[pick], T[pick]), first, second):
                    m += 0.1 * (g - m)
                    v += 0.01 * (g * g - v)
                    w -= lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
            log.append(self.cross_entropy(X, T))
        return log

    def classify(self, X):
        return self.forward(X, is_training=False).argmax(axis=1)

    def right(self, X, T):
        return (self.classify(X) == T.argmax(axis=1)).mean()


def seals(n, seed=0):
    gen = np.random.default_rng(seed)
    kind = gen.choice(3, n, p=[0.45, 0.3, 0.25])
    size = np.array([[2.0, 1.0, 0.0, 0.0], [0.0, 1.5, 2.0, 1.0], [1.0, -1.0, 1.0, 2.5]])[kind]
    return 30.0 * (size + gen.normal(0, 0.7, (n, 4))) + 150.0, kind


def measure(X, mu, sigma):
    return (X - mu) / sigma


def colony(n, seed=0):
    X, kind = seals(n, seed)
    return measure(X, X.mean(axis=0), X.std(axis=0)), one_hot(kind, 3)


def season(n=96, seed=0):
    X, kind = seals(n, seed)
    mu, sigma = X[:64].mean(axis=0), X[:64].std(axis=0)
    net = SealNet(seed=seed)
    net.fit(measure(X[:64], mu, sigma), one_hot(kind[:64], 3))
    return net.right(measure(X[64:], mu, sigma), one_hot(kind[64:], 3))


if __name__ == "__main__":
    print(season())
