"""A classifier for Fisher's irises: 4 inputs, 4 tanh units, 3 softmax outputs, one flower at a time."""

import numpy as np

from gradcheck.reference.datasets import iris


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class FlowerNet:
    def __init__(self, sizes, rate=0.01, lam=0.01, seed=1):
        rng = np.random.default_rng(seed)
        self.rate, self.lam = rate, lam
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
        return (data + penalty) / len(y)

    def learn_from(self, x, label):
        hidden, probs = self.predict(x)

        d_out = probs
        d_out -= 1
        d_hidden = (d_out @ self.W2.T) * (1 - hidden**2)

        grad_W2 = hidden.T @ d_out + self.lam * self.W2
        grad_W1 = x.T @ d_hidden + self.lam * self.W1

        self.W1 -= self.rate * grad_W1
        self.b1 -= self.rate * d_hidden
        self.W2 -= self.rate * grad_W2
        self.b2 -= self.rate * d_out

    def train(self, X, y, steps, seed=0):
        order = np.random.default_rng(seed)
        lowest, best = np.inf, None
        for _ in range(steps):
            n = order.integers(len(y))
            self.learn_from(X[n : n + 1], y[n])
            now = self.cost(X, y)
            if now < lowest:
                lowest, best = now, (self.W1, self.b1, self.W2, self.b2)
        self.W1, self.b1, self.W2, self.b2 = best
        return lowest


if __name__ == "__main__":
    flowers = iris()
    net = FlowerNet((4, 4, 3))
    print("cost before", net.cost(flowers.X, flowers.y))
    print("lowest cost", net.train(flowers.X, flowers.y, steps=5000))
    _, probs = net.predict(flowers.X)
    print("one of each kind:\n", probs[[0, 50, 100]].round(3))
    print("right answers", np.mean(probs.argmax(axis=1) == flowers.y))
