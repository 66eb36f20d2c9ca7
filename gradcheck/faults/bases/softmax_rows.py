"""A classifier as a class: one tanh layer, softmax, cross-entropy with weight decay; samples are rows."""

import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Classifier:
    def __init__(self, n_in, n_hidden, n_classes, reg=0.01, seed=0):
        rng = np.random.default_rng(seed)
        self.W1 = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hidden))
        self.b1 = rng.normal(0, 0.1, n_hidden)
        self.W2 = rng.normal(0, 1 / np.sqrt(n_hidden), (n_hidden, n_classes))
        self.b2 = rng.normal(0, 0.1, n_classes)
        self.reg = reg

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.h1 = np.tanh(self.z1)
        self.z2 = self.h1 @ self.W2 + self.b2
        return softmax(self.z2)

    def loss(self, X, y):
        n = len(y)
        p = self.forward(X)
        data_loss = -np.sum(np.log(p[np.arange(n), y])) / n
        penalty = self.reg * (np.sum(self.W1**2) + np.sum(self.W2**2))
        return data_loss + penalty

    def backward(self, X, y):
        n = len(y)
        p = self.forward(X)
        delta2 = p.copy()
        delta2[np.arange(n), y] -= 1
        delta2 /= n
        dW2 = self.h1.T @ delta2
        db2 = delta2.sum(axis=0)
        delta1 = (delta2 @ self.W2.T) * (1 - self.h1**2)
        dW1 = X.T @ delta1
        db1 = delta1.sum(axis=0)
        dW2 += 2 * self.reg * self.W2
        dW1 += 2 * self.reg * self.W1
        return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

    def step(self, grads, lr):
        self.W1 -= lr * grads["W1"]
        self.b1 -= lr * grads["b1"]
        self.W2 -= lr * grads["W2"]
        self.b2 -= lr * grads["b2"]

    def fit(self, X, y, epochs=50, lr=0.5, batch=16, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        self.best_loss = np.inf
        for _ in range(epochs):
            order = rng.permutation(len(y))
            for start in range(0, len(y), batch):
                rows = order[start : start + batch]
                self.step(self.backward(X[rows], y[rows]), lr)
            history.append(self.loss(X, y))
            if history[-1] < self.best_loss:
                self.best_loss = history[-1]
                self.best = [w.copy() for w in (self.W1, self.b1, self.W2, self.b2)]
        return history

    def restore_best(self):
        self.W1, self.b1, self.W2, self.b2 = self.best

    def predict(self, X):
        return self.forward(X).argmax(axis=1)

    def accuracy(self, X, y):
        return np.mean(self.predict(X) == y)


def make_data(n, seed=0):
    """Three overlapping clouds of points in four dimensions, of unequal size."""
    rng = np.random.default_rng(seed)
    y = rng.choice(3, size=n, p=[0.5, 0.3, 0.2])
    centres = np.array([[2.0, 0.0, 1.0, 0.0], [0.0, 2.0, 0.0, -1.0], [-2.0, -1.0, 0.0, 1.0]])
    return centres[y] + rng.normal(0, 0.8, (n, 4)), y


if __name__ == "__main__":
    X, y = make_data(150)
    net = Classifier(4, 6, 3)
    history = net.fit(X[:100], y[:100])
    net.restore_best()
    print(f"loss {history[0]:.3f} -> {history[-1]:.3f}")
    print(f"accuracy {net.accuracy(X[100:], y[100:]):.2f} on points it has not seen")
