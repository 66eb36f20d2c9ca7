"""The iris network put right: weights in attributes, the gradient as a tuple, one flower or many at a time."""

import numpy as np

from gradcheck.reference.datasets import iris


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class FlowerNet:
    def __init__(self, sizes, scale=1.0, lam=0.01, seed=1):
        rng = np.random.default_rng(seed)
        self.scale, self.lam = scale, lam
        self.inputs, hidden, outputs = sizes
        self.W1 = rng.normal(size=(self.inputs, hidden))
        self.b1 = np.zeros((1, hidden))
        self.W2 = rng.normal(size=(hidden, outputs))
        self.b2 = np.zeros((1, outputs))

    def predict(self, X):
        hidden = np.tanh(X @ self.W1 + self.b1)
        return hidden, softmax(hidden @ self.W2 + self.b2)

    def cost(self, X, y):
        _, probs = self.predict(X)
        data = -np.sum(np.log(probs[np.arange(len(y)), y]))
        penalty = self.lam / self.inputs * (np.sum(self.W1**2) + np.sum(self.W2**2))
        return self.scale * (data + penalty) / len(y)

    def gradients(self, X, y):
        hidden, probs = self.predict(X)
        d_out = probs.copy()
        d_out[np.arange(len(y)), y] -= 1
        d_out *= self.scale / len(y)
        d_hidden = (d_out @ self.W2.T) * (1 - hidden**2)
        decay = 2 * self.scale * self.lam / self.inputs / len(y)
        return (
            X.T @ d_hidden + decay * self.W1,
            d_hidden.sum(axis=0, keepdims=True),
            hidden.T @ d_out + decay * self.W2,
            d_out.sum(axis=0, keepdims=True),
        )

    def train(self, X, y, steps, rate=0.1):
        lowest, best = np.inf, None
        for _ in range(steps):
            now = self.cost(X, y)
            if now < lowest:
                lowest, best = now, [w.copy() for w in (self.W1, self.b1, self.W2, self.b2)]
            dW1, db1, dW2, db2 = self.gradients(X, y)
            self.W1 -= rate / self.scale * dW1
            self.b1 -= rate / self.scale * db1
            self.W2 -= rate / self.scale * dW2
            self.b2 -= rate / self.scale * db2
        self.W1, self.b1, self.W2, self.b2 = best
        return lowest


if __name__ == "__main__":
    flowers = iris()
    net = FlowerNet((4, 4, 3))
    print(net.train(flowers.X, flowers.y, steps=300))  # noqa: T201 -- a script tells how it went
