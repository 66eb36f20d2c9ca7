"""Batch normalisation, dropout, softmax; training and evaluation take different paths."""

import numpy as np

EPS = 1e-5


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class BatchNorm:
    def __init__(self, n_units, momentum=0.9):
        self.gamma, self.beta = np.linspace(0.7, 1.3, n_units), np.linspace(-0.2, 0.2, n_units)
        self.running_mean, self.running_var = np.zeros(n_units), np.ones(n_units)
        self.momentum = momentum

    def forward(self, x, training):
        if training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + EPS)
        self.x_hat = (x - mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dy):
        self.dgamma = (dy * self.x_hat).sum(axis=0)
        self.dbeta = dy.sum(axis=0)
        g = dy * self.gamma
        by_mean = g.mean(axis=0)
        by_std = self.x_hat * (g * self.x_hat).mean(axis=0)
        return (g - by_mean - by_std) / self.std


class Dropout:
    def __init__(self, keep):
        self.keep = keep

    def forward(self, x, training, rng):
        if not training:
            self.mask = np.ones_like(x)
            return x
        self.mask = (rng.random(x.shape) < self.keep) / self.keep
        return x * self.mask

    def backward(self, dy):
        return dy * self.mask


class Network:
    def __init__(self, n_in, n_hidden, n_classes, keep=0.8, seed=0):
        rng = np.random.default_rng(seed)
        self.W1 = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hidden))
        self.W2 = rng.normal(0, 1 / np.sqrt(n_hidden), (n_hidden, n_classes))
        self.b2 = np.zeros(n_classes)
        self.norm, self.dropout = BatchNorm(n_hidden), Dropout(keep)

    def forward(self, X, training=False, seed=0):
        rng = np.random.default_rng(seed)
        self.X = X
        self.a1 = np.tanh(self.norm.forward(X @ self.W1, training))
        self.h1 = self.dropout.forward(self.a1, training, rng)
        return softmax(self.h1 @ self.W2 + self.b2)

    def loss(self, X, y, training=False, seed=0):
        p = self.forward(X, training, seed)
        return -np.mean(np.log(p[np.arange(len(y)), y]))

    def gradients(self, X, y, seed=0):
        p = self.forward(X, training=True, seed=seed)
        delta2 = p.copy()
        delta2[np.arange(len(y)), y] -= 1
        delta2 /= len(y)
        da1 = self.dropout.backward(delta2 @ self.W2.T)
        dz1 = self.norm.backward(da1 * (1 - self.a1**2))
        return {
            "W1": X.T @ dz1,
            "gamma": self.norm.dgamma,
            "beta": self.norm.dbeta,
            "W2": self.h1.T @ delta2,
            "b2": delta2.sum(axis=0),
        }

    def fit(self, X, y, epochs=100, lr=0.5):
        for epoch in range(epochs):
            grads = self.gradients(X, y, seed=epoch)
            self.W1 -= lr * grads["W1"]
            self.norm.gamma -= lr * grads["gamma"]
            self.norm.beta -= lr * grads["beta"]
            self.W2 -= lr * grads["W2"]
            self.b2 -= lr * grads["b2"]
        return self.loss(X, y)

    def predict(self, X):
        return self.forward(X).argmax(axis=1)


def make_data(n, seed=0):
    """Three rings around the origin, in three dimensions of unequal scale."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    direction = rng.normal(0, 1, (n, 3))
    return direction * (1 + y[:, np.newaxis]) * [1.0, 3.0, 0.5] + y[:, np.newaxis], y


if __name__ == "__main__":
    X, y = make_data(120)
    net = Network(3, 12, 3)
    print(f"loss {net.loss(X, y):.3f} -> {net.fit(X, y):.3f}, accuracy {np.mean(net.predict(X) == y):.2f}")
